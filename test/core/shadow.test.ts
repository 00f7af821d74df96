import t from 'tap'
import { decide } from '../../src/core/decision.ts'
import { refusal } from '../../src/core/refusal.ts'
import { shadowDecision, verdictOf } from '../../src/core/shadow.ts'
import { allowed, askedOf, ledgerPolicy, notGranted, policyOf } from '../support/tested-policy.ts'

const candidate = {
  ...policyOf(`version: 1
machines:
  - name: renamed
    issuer: gitlab
    match: { project_id: 1 }
    grants: [{ namespace: payments, role: starter, workflow_ids: [ledger-*] }]
  - name: readers
    issuer: gitlab
    match: { project_id: 2 }
    grants: [{ namespace: payments, role: viewer }]
denials:
  - { name: left, match: { user_id: "8" } }
`),
  hash: 'sha256:candidate',
}

const start = {
  method: 'StartWorkflowExecution',
  namespace: 'payments',
  workflowId: 'ledger-1',
} as const

function shadowOf(asked: Parameters<typeof askedOf>[0]) {
  const { identity, call } = askedOf(asked)
  return shadowDecision(candidate, identity, call, decide(ledgerPolicy, identity, call))
}

t.test(
  'a candidate that comes to the same says nothing, whichever rule it has for it',
  async (t) => {
    t.equal(shadowOf({ ...start, expect: allowed }), undefined)
    t.equal(shadowOf({ ...start, workflowId: 'other', expect: notGranted }), undefined)
  },
)

t.test('a candidate that would allow names its rule', async (t) => {
  const claims = { project_id: '2', job_project_id: '2' }
  const asked = { method: 'ListWorkflowExecutions', namespace: 'payments', claims } as const
  t.same(shadowOf({ ...asked, expect: notGranted }), {
    outcome: 'allowed',
    code: undefined,
    rule: 'readers',
    policyHash: 'sha256:candidate',
  })
})

t.test('a candidate that would refuse, or for another reason, says the code', async (t) => {
  const left = { claims: { user_id: '8' }, expect: allowed } as const
  t.match(shadowOf({ ...start, ...left }), { outcome: 'refused', code: 'denied_by_rule' })
  t.match(shadowOf({ ...start, ...left, workflowId: 'x' }), { code: 'denied_by_rule' })
})

t.test('calls that no policy is asked about are left alone', async (t) => {
  const { identity, call } = askedOf({ ...start, expect: allowed })
  const expired = refusal('token_expired', 'a minute ago')
  const decision = decide(ledgerPolicy, expired, expired)
  t.equal(verdictOf(decision), 'token_expired')
  t.equal(shadowDecision(candidate, expired, call, decision), undefined)
  t.equal(shadowDecision(candidate, identity, expired, decision), undefined)
})
