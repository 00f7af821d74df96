import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { EntryBody } from '../src/core/audit-entry.ts'
import { decide } from '../src/core/decision.ts'
import { readinessOf } from '../src/ops/readiness.ts'
import { createPolicies } from '../src/policies.ts'
import { loadTestedPolicy } from '../src/tested-policy.ts'
import { keptLog, until } from './support/audit-files.ts'
import { issuerSettings } from './support/issuer-settings.ts'
import {
  allowed,
  askedOf,
  viewerPolicy,
  viewerTests,
  writePolicyFiles,
} from './support/tested-policy.ts'

const issuers = [issuerSettings('https://gitlab.test')]
const stricter = viewerPolicy.replace('payments', 'treasury')

/** Policies over files in a directory of their own, with a candidate if it is given. */
async function create(t: Test, candidate?: string) {
  const directory = t.testdir()
  writePolicyFiles(directory, viewerPolicy)
  const policyFile = join(directory, 'policy.yaml')
  const candidateFile = candidate === undefined ? undefined : join(directory, 'next.yaml')
  if (candidateFile !== undefined && candidate !== undefined)
    writeFileSync(candidateFile, candidate)
  const loaded = await loadTestedPolicy({ file: policyFile, issuers })
  if (!loaded.ok) throw new Error('the policy must load')
  const entries: EntryBody[] = []
  const [results, differences]: [string[], object[]] = [[], []]
  const policies = await createPolicies({
    policy: loaded.policy,
    settings: { policyFile, candidateFile, issuers },
    journal: {
      append: async (entry) => {
        entries.push(entry)
        return { ok: true }
      },
      enqueue: (entry) => void entries.push(entry),
    },
    log: keptLog().log,
    now: () => 1_000,
    metrics: {
      reload: (result) => void results.push(result),
      difference: (difference) => void differences.push(difference),
    },
  })
  t.teardown(policies.close)
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text)
  const ready = () => readinessOf(policies.checks)
  return { policies, entries, results, differences, write, ready, policy: loaded.policy }
}

const asked = { method: 'ListWorkflowExecutions', namespace: 'payments', expect: allowed } as const

t.test('a policy file that changes takes effect by itself', async (t) => {
  const { policies, write, entries, policy } = await create(t)
  write('policy.yaml', stricter)
  await until(() => policies.current() !== policy)
  t.match(entries, [{ kind: 'policy', outcome: 'allowed', changed: { names: ['viewers'] } }])
  t.match(policies.state(), { hash: policies.current().hash, since: 1_000, isFileInForce: true })
  t.equal(policies.state().candidate, undefined)
})

t.test('tests that come to fail are noticed by themselves, and leave calls served', async (t) => {
  const { policies, write, ready, results } = await create(t)
  write('policy.test.yaml', viewerTests.replace('rule: viewers', 'rule: nobody'))
  await until(() => results.includes('refused'))
  t.equal(policies.state().isFileInForce, false)
  t.match(await ready(), {
    ready: true,
    checks: [{ name: 'policy', ready: false, detail: /is not in force/ }],
  })
})

t.test('a candidate is asked from the start, and read again', async (t) => {
  const { policies, write, differences, ready, policy } = await create(t, stricter)
  const { identity, call } = askedOf({ ...asked, claims: { project_id: '1' } })
  const decision = decide(policy, identity, call)
  t.match(policies.compare(identity, call, decision), { outcome: 'refused', code: 'not_granted' })
  t.same(differences, [{ from: 'allowed', to: 'not_granted' }])
  t.match(policies.state().candidate, { hash: /^sha256:/ })
  write('next.yaml', 'version: 2')
  await policies.reload()
  t.equal(policies.compare(identity, call, decision), undefined)
  t.same(policies.state().candidate, { hash: undefined })
  t.match(await ready(), { ready: true, checks: [{}, { name: 'policy candidate', ready: false }] })
  write('next.yaml', stricter)
  await until(() => policies.state().candidate?.hash !== undefined)
  t.match(await ready(), { ready: true, checks: [{ ready: true }, { ready: true }] })
})

t.test('without a candidate nothing is compared', async (t) => {
  const { policies, results, policy } = await create(t)
  const { identity, call } = askedOf(asked)
  t.equal(policies.compare(identity, call, decide(policy, identity, call)), undefined)
  await policies.reload()
  t.same(results, ['unchanged'])
})
