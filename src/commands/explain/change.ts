import type { Need } from '../../core/call.ts'
import { ownerClaims, type RuleExplanation, type TestExplanation } from '../../core/explanation.ts'
import type { GrantTerms, Shortfall } from '../../core/grant.ts'
import type { GuardName } from '../../core/guard.ts'
import { ownRoles, rolesWith, shown } from './fact.ts'
import { flow, grantLine } from './grant-line.ts'
import type { FindPlace, Place } from './policy-places.ts'

/** Something that, once changed, would take one reason for a refusal away. */
export interface Change {
  /** Who can change it: whoever edits the policy, or whoever runs the job. */
  readonly side: 'policy' | 'job'
  readonly message: string
  /** Where in the policy, and what to write there. */
  readonly place: Place | undefined
  readonly write: string | undefined
}

/** What would make one rule grant the call: every one of these, or for the same place one of them. */
export function changesFor(
  explained: RuleExplanation,
  needs: readonly Need[],
  placeOf: FindPlace,
): readonly Change[] {
  const { name } = explained
  return [
    ...explained.tests
      .filter(({ holds }) => !holds)
      .flatMap((test) => testChanges(test, placeOf(name, 'match', test.claim))),
    ...(explained.guards.length > 0 ? [guardChange(explained, placeOf(name, 'allow'))] : []),
    ...needs.flatMap((need, at) => grantChanges({ explained, need, at }, placeOf)),
  ]
}

/** Whether a rule is about the owner of the job, so that changing it is the thing to do. */
export function isOfOwner(explained: RuleExplanation): boolean {
  if (!explained.isOfIssuer || !explained.isOfSection) return false
  return explained.tests.every(({ claim, holds }) => holds || !ownerClaims.has(claim))
}

/** What whoever runs the job can do about a claim. */
const jobAdvice: Readonly<Record<string, string>> = {
  ref_protected: 'run the job on a protected branch or tag, or protect this one in GitLab',
  environment: 'give the job an environment: of a name that the rule wants',
  environment_protected: 'protect the environment in GitLab (it takes a paid tier)',
  ref_type: 'run the job for a branch where the rule wants one, for a tag where it wants that',
  ref: 'run the job on a ref that the rule wants',
  pipeline_source: 'start the pipeline in a way that the rule wants',
}

/** Claims that show that somebody else than the author of the job agreed: no line for taking them out is offered. */
const safeguards: ReadonlySet<string> = new Set(['ref_protected', 'environment_protected'])

function testChanges(test: TestExplanation, place: Place | undefined): readonly Change[] {
  const { claim } = test
  const advice = jobAdvice[claim]
  const job: Change[] = advice
    ? [{ side: 'job', message: advice, place: undefined, write: undefined }]
    : []
  if (safeguards.has(claim)) return job
  const write = widened(test)
  const message = write
    ? `if such jobs may do this, let ${claim} have this value too`
    : `if such jobs may do this, change the test of ${claim}`
  return [...job, { side: 'policy', message, place, write }]
}

/** The test with one more value, where the file can simply have one more. */
function widened({ claim, test, value }: TestExplanation): string | undefined {
  if (value === undefined) return undefined
  if (test.operator === 'exact') return yamlLine(claim, { any_of: [test.value, value] })
  if (test.operator === 'any_of') return yamlLine(claim, { any_of: [...test.values, value] })
  if (test.operator !== 'none_of') return undefined
  const others = [...test.values].filter((one) => one !== value)
  return others.length > 0 ? yamlLine(claim, { none_of: others }) : undefined
}

const guardMeaning: Readonly<Record<GuardName, string>> = {
  fork_pipelines: "code of strangers' forks may then do this",
  agents: 'AI agents may then do this',
  policy_jobs: 'scripts that security policies inject may then do this',
  other_tokens: "tokens that are not a job's may then do this",
}

function guardChange({ guards, rule }: RuleExplanation, place: Place | undefined): Change {
  const message = guards.map((guard) => guardMeaning[guard]).join('; ')
  const write = yamlLine('allow', [...rule.allow, ...guards])
  return { side: 'policy', message, place, write }
}

interface LackingNeed {
  readonly explained: RuleExplanation
  readonly need: Need
  /** Position among the needs. */
  readonly at: number
}

/** How much of a grant would have to change: the least is offered. */
const order: readonly Shortfall['kind'][] = ['narrowing', 'verb', 'outside', 'scope']

function grantChanges({ explained, need, at }: LackingNeed, placeOf: FindPlace): readonly Change[] {
  const { name, grants } = explained
  const lacking = grants.flatMap(({ terms, shortfalls }, position) => {
    const short = shortfalls[at]
    return short ? [{ terms, position, short }] : []
  })
  if (lacking.length < grants.length) return []
  const [least] = lacking.toSorted((a, b) => rank(a.short) - rank(b.short))
  if (least?.short.kind === 'narrowing') {
    const changes = narrowingChanges(least.terms, need, (field) =>
      placeOf(name, 'grants', least.position, field),
    )
    if (changes.length > 0) return changes
  }
  if (least?.short.kind === 'verb') {
    const role = widerRole(least.terms, need)
    const place = placeOf(name, 'grants', least.position, 'role')
    const message = `give the grant a role that has ${need.verb} beside the rest`
    if (role) return [{ side: 'policy', message, place, write: `role: ${role}` }]
  }
  const custom =
    rolesWith(need.verb)[0] === 'admin'
      ? `; a role of your own with ${need.verb} is narrower than admin`
      : ''
  const message = `add a grant to the rule, beside its others${custom}`
  return [{ side: 'policy', message, place: placeOf(name, 'grants'), write: grantLine(need) }]
}

function rank({ kind }: Shortfall): number {
  return order.indexOf(kind)
}

/** The lists that would have one more value; none where the request shows no value that could be listed. */
function narrowingChanges(
  { narrowing }: GrantTerms,
  { fields }: Need,
  placeOf: (field: string) => Place | undefined,
): readonly Change[] {
  const failing = [...narrowing].flatMap(([field, patterns]) => {
    const value = fields[field]
    const isWithin = value === undefined || patterns.some((pattern) => pattern.matches(value))
    return isWithin ? [] : [{ field, value, texts: patterns.map(({ text }) => text) }]
  })
  if (failing.some(({ value }) => value === '')) return []
  return failing.map(({ field, value, texts }) => ({
    side: 'policy',
    message: `let ${field} have ${shown(value)} too`,
    place: placeOf(field),
    write: yamlLine(field, [...texts, value]),
  }))
}

/** The smallest role that has the verb beside everything that the present role has, if that is not simply all. */
function widerRole({ verbs }: GrantTerms, { verb }: Need): string | undefined {
  const wanted = [...verbs, verb]
  const wider = ownRoles.find(
    ([role, all]) => role !== 'admin' && wanted.every((one) => all.includes(one)),
  )
  return wider?.[0]
}

function yamlLine(key: string, value: unknown): string {
  return `${key}: ${flow(value)}`
}
