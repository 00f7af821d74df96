import type { Call } from '../src/core/call.ts'
import type { ClaimTest } from '../src/core/claim-test.ts'
import { decide } from '../src/core/decision.ts'
import type { GrantTerms } from '../src/core/grant.ts'
import { gitlabGuards } from '../src/core/guard.ts'
import type { Claims, Identity } from '../src/core/identity.ts'
import { compilePattern } from '../src/core/pattern.ts'
import { createPolicy, type Policy } from '../src/core/policy.ts'
import { builtInRoles, verbsIn } from '../src/core/role.ts'
import type { Denial, Rule } from '../src/core/rule.ts'
import { methods } from '../src/temporal/methods.ts'

/**
 * What one decision costs, by the number of rules: `npm run bench:decide`. The policies look like those of
 * a company: most rules pin a project, some list several, a few are for a whole group, and one project in
 * fifty has a rule per environment. Numbers are medians of rounds, in microseconds.
 */

const ruleCounts = [10, 1_000, 10_000]
const roundCount = 501
/** Short rounds, so that on a busy machine most of them run without a break. */
const decisionsPerRound = 200
const targetUs = 20

const exact = (value: string): ClaimTest => ({ operator: 'exact', value })
const anyOf = (...values: string[]): ClaimTest => ({ operator: 'any_of', values: new Set(values) })

const projectOf = (index: number) => String(48_000_000 + index)

function policyOf(ruleCount: number): Policy {
  const rules = Array.from({ length: ruleCount }, (_, index) => ruleOf(index))
  const denials = Array.from({ length: Math.ceil(ruleCount / 20) }, (_, index): Denial => ({
    name: `offboarded-${index}`,
    issuer: undefined,
    match: new Map([['user_id', exact(String(9_000_000 + index))]]),
  }))
  return createPolicy({ rules, denials, hash: `sha256:${ruleCount}` })
}

function ruleOf(index: number): Rule {
  const name = `rule-${index}`
  const common = { name, issuer: 'gitlab', kind: 'machine', allow: new Set<never>() } as const
  const grants = [grantOf(name, index)]
  const protectedMain: [string, ClaimTest][] = [
    ['ref_type', exact('branch')],
    ['ref', exact('main')],
    ['ref_protected', exact('true')],
  ]
  if (index % 1_000 === 7) {
    const group: ClaimTest = { operator: 'under', path: `group-${index % 50}` }
    return { ...common, grants, match: new Map([['project_path', group], ...protectedMain]) }
  }
  if (index % 50 === 3) {
    const match = new Map<string, ClaimTest>([
      ['project_id', exact(projectOf(3))],
      ['environment', exact(`review-${index}`)],
      ['environment_protected', exact('true')],
    ])
    return { ...common, grants, match }
  }
  const project =
    index % 10 === 4 ? anyOf(projectOf(index), projectOf(index + 1)) : exact(projectOf(index))
  return { ...common, grants, match: new Map([['project_id', project], ...protectedMain]) }
}

function grantOf(rule: string, index: number): GrantTerms {
  const role = index % 3 === 0 ? 'caller' : 'starter'
  return {
    rule,
    role,
    over: { namespace: `team-${index % 40}` },
    verbs: verbsIn('namespace', new Set(builtInRoles.get(role))),
    narrowing: new Map([
      ['workflow_types', ['Rollup', 'Backfill*'].map(compilePattern)],
      ['task_queues', [compilePattern(`queue-${index}`)]],
    ]),
  }
}

function identityOf(claims: Claims): Identity {
  return {
    issuer: 'gitlab',
    kind: 'machine',
    subject: 'a job',
    principal: 'gitlab.com/group/project/-/jobs/1',
    claims,
    guards: gitlabGuards(claims),
    tokenDigest: '00',
    expiresAt: Number.POSITIVE_INFINITY,
    staleKeys: false,
  }
}

function jobOf(index: number, environment?: string): Identity {
  const project = projectOf(index)
  const text = {
    project_id: project,
    project_path: `group-${index % 50}/project-${index}`,
    namespace_id: String(7_000_000 + (index % 50)),
    namespace_path: `group-${index % 50}`,
    job_project_id: project,
    job_id: '11840226751',
    pipeline_id: '2071884310',
    pipeline_source: 'push',
    job_source: 'push',
    ref: 'main',
    ref_type: 'branch',
    ref_protected: 'true',
    user_id: '8120455',
    user_login: 'dmeyer',
    sha: '4f0d0c6a8f1b3a7d9c2e55b1f6a7e0d2c3b49a18',
    ...(environment && { environment, environment_protected: 'true' }),
  }
  return identityOf(new Map(Object.entries(text)))
}

function startOf(index: number): Call {
  const namespace = `team-${index % 40}`
  const method = methods.find(({ name }) => name === 'StartWorkflowExecution')
  if (method === undefined) throw new Error('the method table has no StartWorkflowExecution')
  const fields = { workflow_types: 'BackfillYear', task_queues: `queue-${index}` }
  const needs = [{ namespace, verb: 'start', fields } as const]
  const message = new Uint8Array()
  const rest = { facts: {}, objections: [], message, metadata: [], deadline: undefined }
  return { method, namespace, needs, ...rest }
}

interface Subject {
  readonly name: string
  readonly allowed: boolean
  readonly identities: readonly Identity[]
  readonly call: (index: number) => Call
}

/** Callers all over the policy, so that no one rule stays in the processor's cache. */
function subjectsOf(ruleCount: number): readonly Subject[] {
  const plain = Array.from({ length: 100 }, (_, at) => Math.floor((at * ruleCount) / 100)).filter(
    (index) => index % 50 !== 3 && index % 1_000 !== 7,
  )
  const lastReview = Math.floor((ruleCount - 4) / 50) * 50 + 3
  return [
    {
      name: 'allowed',
      allowed: true,
      identities: plain.map((index) => jobOf(index)),
      call: (at) => startOf(plain[at % plain.length] ?? 0),
    },
    {
      name: 'allowed, one project with many rules',
      allowed: true,
      identities: [jobOf(3, `review-${lastReview}`)],
      call: () => startOf(lastReview),
    },
    {
      name: 'denied, the call',
      allowed: false,
      identities: plain.map((index) => jobOf(index)),
      call: (at) => startOf((plain[at % plain.length] ?? 0) + 1),
    },
    {
      name: 'denied, a stranger',
      allowed: false,
      identities: plain.map((index) => jobOf(1_000_000 + index)),
      call: (at) => startOf(at),
    },
  ]
}

function measureUs(policy: Policy, { name, allowed, identities, call }: Subject): number {
  const calls = identities.map((_, at) => call(at))
  const rounds: number[] = []
  for (let round = 0; round < roundCount; round++) {
    const began = performance.now()
    for (let turn = 0; turn < decisionsPerRound; turn++) {
      const at = turn % identities.length
      const [identity, asked] = [identities[at], calls[at]]
      if (!identity || !asked) throw new Error(`${name} has no callers`)
      if (decide(policy, identity, asked).allowed !== allowed) {
        throw new Error(`${name}: the decision came out otherwise`)
      }
    }
    rounds.push(((performance.now() - began) * 1_000) / decisionsPerRound)
  }
  return rounds.toSorted((a, b) => a - b)[Math.floor(roundCount / 2)] ?? Number.NaN
}

let isTooSlow = false
for (const ruleCount of ruleCounts) {
  const began = performance.now()
  const policy = policyOf(ruleCount)
  const builtMs = performance.now() - began
  console.log(`${ruleCount} rules, indexed in ${builtMs.toFixed(1)} ms`)
  for (const subject of subjectsOf(ruleCount)) {
    const us = measureUs(policy, subject)
    isTooSlow ||= us >= targetUs
    console.log(`  ${us.toFixed(2).padStart(8)} µs  ${subject.name}`)
  }
}
if (isTooSlow) {
  console.error(`a decision takes ${targetUs} µs or more`)
  process.exitCode = 1
}
