import t, { type Test } from 'tap'
import { changesFor, isOfOwner } from '../../../src/commands/explain/change.ts'
import { explain } from '../../../src/core/explanation.ts'
import { isRefusal } from '../../../src/core/refusal.ts'
import { caseOf, goodStart, identityWith, samplePolicy, sourceOf } from '../../support/explain.ts'

type Asked = Parameters<typeof caseOf>[0] & { readonly policy?: string }

/** What would make the rule `main` grant a call. */
async function changes(t: Test, { policy, ...rest }: Asked) {
  const source = await sourceOf(t, policy)
  const { identity, call } = caseOf(rest)
  if (isRefusal(call) || isRefusal(identity)) throw new Error('refused')
  const told = explain(source.policy, identity, call)
  const main = told.rules.find((rule) => rule.name === 'main')
  if (main === undefined) throw new Error('no rule main')
  return { main, changes: changesFor(main, told.needs, source.placeOf) }
}

const writes = async (t: Test, asked: Asked) =>
  (await changes(t, asked)).changes.map(({ write }) => write)

void t.test('a rule that grants the call needs no change', async (t) => {
  t.same((await changes(t, {})).changes, [])
})

void t.test(
  'a claim with another value: run the job otherwise, or let the rule have it too',
  async (t) => {
    const { changes: told } = await changes(t, { identity: identityWith({ ref: 'dev' }) })
    t.match(told, [
      { side: 'job', message: /run the job on a ref/ },
      { side: 'policy', place: { line: 8 }, write: 'ref: { any_of: [main, dev] }' },
    ])
  },
)

void t.test('lists of values grow and shrink', async (t) => {
  const identity = identityWith({ ref: 'dev' })
  const ref = (test: string) => samplePolicy.replace('ref: main', `ref: ${test}`)
  const write = async (test: string) => (await writes(t, { identity, policy: ref(test) })).at(-1)
  t.equal(await write('{ any_of: [main, "1"] }'), 'ref: { any_of: [main, "1", dev] }')
  t.equal(await write('{ none_of: [dev, old] }'), 'ref: { none_of: [old] }')
  t.equal(await write('{ none_of: [dev] }'), undefined)
  t.equal(await write('{ glob: "v*" }'), undefined)
})

void t.test('a safeguard is never offered for removal', async (t) => {
  const { changes: told } = await changes(t, { identity: identityWith({ ref_protected: 'false' }) })
  t.match(told, [{ side: 'job', message: /protected branch or tag/ }])
  t.equal(told.length, 1)
})

void t.test(
  'a claim that nobody can do anything about in the job, or that is absent',
  async (t) => {
    const policy = samplePolicy.replace(
      'ref: main',
      'runner_environment: self-hosted\n      environment: x',
    )
    const { changes: told } = await changes(t, { policy })
    t.match(told, [
      { side: 'policy', write: 'runner_environment: { any_of: [self-hosted, gitlab-hosted] }' },
      { side: 'job', message: /give the job an environment/ },
      { side: 'policy', message: /change the test of environment/, write: undefined },
    ])
  },
)

void t.test('a tripped guard can be allowed, with what that means', async (t) => {
  const identity = identityWith({ job_source: 'scan_execution_policy' })
  const policy = samplePolicy.replace('    grants:', '    allow: [agents]\n    grants:')
  t.match((await changes(t, { identity, policy })).changes, [
    {
      message: /security policies inject/,
      write: 'allow: [agents, policy_jobs]',
      place: { line: 10 },
    },
  ])
})

void t.test('a narrowing gets one more value, for each field that fails', async (t) => {
  const fields = { ...goodStart, workflowType: 'Other', workflowId: 'x' }
  t.same(await writes(t, { fields }), [
    'workflow_types: [LedgerRollup, Other]',
    'workflow_ids: [ledger-*, x]',
  ])
})

void t.test('where a narrowing has nothing to match, another grant is needed', async (t) => {
  const fields = { ...goodStart, workflowId: undefined }
  t.same(await writes(t, { fields }), [
    '- { namespace: payments, role: starter, workflow_types: [LedgerRollup], task_queues: [ledger] }',
  ])
})

void t.test('a role without the verb: a wider one, or a grant beside it', async (t) => {
  t.same(
    await writes(t, { name: 'SignalWorkflowExecution', fields: { ...goodStart, handler: 'go' } }),
    ['role: caller'],
  )
  t.same(await writes(t, { name: 'TerminateWorkflowExecution' }), [
    '- { namespace: payments, role: operator, workflow_ids: [ledger-7] }',
  ])
  const { changes: told } = await changes(t, { name: 'DeleteWorkflowExecution' })
  t.match(told, [{ message: /a role of your own with delete is narrower than admin/ }])
})

void t.test(
  'a grant elsewhere, or a call that cannot be narrowed, takes another grant',
  async (t) => {
    t.same(await writes(t, { name: 'ListWorkflowExecutions' }), [
      '- { namespace: payments, role: viewer }',
    ])
    t.same(await writes(t, { name: 'ListNamespaces', fields: {} }), [
      '- { cluster: true, role: viewer }',
    ])
    t.match(await writes(t, { fields: { ...goodStart, namespace: 'risk' } }), [
      /namespace: risk, role: starter/,
    ])
  },
)

void t.test('only rules about the own project, issuer and kind are for changing', async (t) => {
  const isOwn = async (claims: object, rest: object = {}) =>
    isOfOwner(
      (
        await changes(t, {
          identity: { ...identityWith(claims as Record<string, string>), ...rest },
        })
      ).main,
    )
  t.equal(await isOwn({ ref: 'dev' }), true)
  t.equal(await isOwn({ project_id: '2' }), false)
  t.equal(await isOwn({}, { issuer: 'else' }), false)
  t.equal(await isOwn({}, { kind: 'person' }), false)
})

void t.test('of several grants the one that lacks least is changed', async (t) => {
  const others =
    '      - { namespace: risk, role: admin }\n      - { namespace: payments, role: viewer }\n'
  const policy = samplePolicy.replace('  - name: other', `${others}  - name: other`)
  const fields = { ...goodStart, workflowId: 'x' }
  t.match((await changes(t, { policy, fields })).changes, [
    { write: 'workflow_ids: [ledger-*, x]', place: { line: 14 } },
  ])
})
