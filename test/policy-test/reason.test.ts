import t from 'tap'
import { explain } from '../../src/core/explanation.ts'
import type { Policy } from '../../src/core/policy.ts'
import { reasonOf } from '../../src/policy-test/reason.ts'
import { allowed, askedOf, ledgerPolicy, policyOf } from '../support/tested-policy.ts'

type Asked = Omit<Parameters<typeof askedOf>[0], 'expect'>

const reason = (asked: Asked, policy: Policy = ledgerPolicy) => {
  const { identity, call } = askedOf({ ...asked, expect: allowed })
  return reasonOf(explain(policy, identity, call))
}

const start = { method: 'StartWorkflowExecution', namespace: 'payments', workflowId: 'ledger-1' }

t.test('what is allowed is allowed by a rule, or needs none', async (t) => {
  t.equal(reason(start), 'the rule main grants it with the role starter')
  t.equal(reason({ method: 'GetSystemInfo' }), 'every verified caller may ask this')
})

t.test('a denial names the claims that it matched', async (t) => {
  t.equal(reason({ ...start, claims: { user_id: '9' } }), 'the denial left matches: user_id 9')
  const absent = policyOf(`version: 1
denials: [{ name: no-user, match: { user_id: { present: false } } }]
`)
  t.equal(reason(start, absent), 'the denial no-user matches: no user_id')
})

t.test('claims that fail are named, with what the token has', async (t) => {
  t.equal(
    reason({ ...start, claims: { ref: 'feature' } }),
    'nearest is the rule main: ref must be main, the token has feature',
  )
})

t.test('claims that are missing, other kinds and other issuers are named', async (t) => {
  const people = policyOf(`version: 1
people:
  - name: p
    issuer: other
    match: { user_id: 7 }
    grants: [{ namespace: payments, role: viewer }]
`)
  t.equal(
    reason({ method: 'ListWorkflowExecutions', namespace: 'payments' }, people),
    'nearest is the rule p: it is for another issuer; it is for another kind of identity; user_id must be 7, the token has none',
  )
})

t.test('a rule that was expected to allow it says itself what it lacks', async (t) => {
  const { identity, call, expect } = askedOf({
    ...start,
    expect: { outcome: 'allowed', rule: 'auditors' },
    claims: { ref: 'feature' },
  })
  const explanation = explain(ledgerPolicy, identity, call)
  t.match(reasonOf(explanation, expect), /^the rule auditors does not: .*user_id must be 7/)
  t.match(reasonOf(explanation, allowed), /^nearest is the rule main/)
})

t.test('guards are named', async (t) => {
  t.equal(
    reason({ ...start, claims: { job_project_id: '2' } }),
    'nearest is the rule main: the guard fork_pipelines is tripped',
  )
})

t.test('of several grants the nearest says what it lacks', async (t) => {
  const lacks = (asked: Asked) => reason(asked).replace('nearest is the rule main: ', '')
  t.equal(lacks({ ...start, workflowId: 'x' }), 'workflow_ids does not have x')
  t.equal(lacks({ ...start, workflowId: '' }), 'workflow_ids does not have an empty value')
  t.equal(lacks({ ...start, namespace: 'n' }), 'no grant of it is over the namespace n')
  t.equal(lacks({ method: 'ListNamespaces' }), 'no grant of it is over the cluster, for browse')
  t.equal(
    lacks({ method: 'ListWorkflowExecutions', namespace: 'payments' }),
    'its narrowing leaves out requests that have none of its fields, for read',
  )
  t.equal(
    lacks({ ...start, method: 'TerminateWorkflowExecution' }),
    'no role of it has the verb terminate',
  )
})

t.test(
  'a grant that fails late is nearer than one that fails early, wherever it stands',
  async (t) => {
    const grants = [
      '{ namespace: other, role: starter }',
      '{ namespace: payments, role: viewer }',
      '{ namespace: payments, role: starter, workflow_ids: [a] }',
    ]
    for (const order of [grants, grants.toReversed()]) {
      const policy = policyOf(`version: 1
machines:
  - { name: r, issuer: gitlab, match: { project_id: 1 }, grants: [${order.join(', ')}] }
`)
      t.match(reason(start, policy), /: workflow_ids does not have ledger-1$/)
      t.match(reason({ ...start, method: 'ResetWorkflowExecution' }, policy), /verb reset$/)
    }
  },
)

t.test('a rule that fits and does not help is still said to be the nearest', async (t) => {
  const halves = policyOf(`version: 1
machines:
  - name: starts
    issuer: gitlab
    match: { project_id: 1 }
    grants: [{ namespace: payments, role: starter }]
`)
  const asked = { ...start, method: 'SignalWithStartWorkflowExecution', handler: 'h' }
  t.equal(reason(asked, halves), 'nearest is the rule starts: no role of it has the verb signal')
})

t.test('refusals that no rule can mend say what they say', async (t) => {
  t.equal(reason({ ...start, namespace: undefined }), 'the request names no namespace')
  t.match(reason(start, policyOf('version: 1\n')), /no rule applies to the identity/)
})
