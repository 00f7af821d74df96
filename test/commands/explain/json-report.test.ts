import t from 'tap'
import { jsonReport } from '../../../src/commands/explain/json-report.ts'
import { refusal } from '../../../src/core/refusal.ts'
import { accountOf, caseOf, goodStart, identityWith } from '../../support/explain.ts'

const policy = { file: 'p', hash: 'h' }
const rest = { isUnverified: false, recorded: undefined, policy }

void t.test('an allowed call, as tools read it', async (t) => {
  const { method } = caseOf()
  const json = jsonReport({ account: await accountOf(t, caseOf()), method, ...rest })
  t.match(JSON.parse(JSON.stringify(json)), {
    outcome: 'allowed',
    rule: 'main',
    role: 'starter',
    rules: ['main'],
    verbs: ['start'],
    reasons: [{ rule: 'main' }],
    method: 'StartWorkflowExecution',
    needs: [{ verb: 'start', namespace: 'payments' }],
    identity: { issuer: 'gitlab', kind: 'machine', guards: [] },
    policy,
    nearest: [{ name: 'main', facts: [{ claim: 'project_id', holds: true }, {}, {}, {}, {}] }, {}],
    rules_considered: 2,
  })
})

void t.test('a refused call with a token that nobody verified', async (t) => {
  const identity = identityWith({ ref: 'dev' })
  const fields = { ...goodStart, handler: 'go' }
  const asked = caseOf({ identity, name: 'SignalWithStartWorkflowExecution', fields })
  const example = { ...asked, refused: refusal('token_expired', 'x') }
  const account = await accountOf(t, example)
  const json = jsonReport({ account, method: asked.method, ...rest, isUnverified: true })
  t.match(json, {
    outcome: 'refused',
    code: 'not_granted',
    detail: /no rule applies/,
    rules: [],
    verbs: ['start', 'signal'],
    token: { verified: false, refusal: { code: 'token_expired', detail: 'x' } },
  })
})

void t.test('without needs the verbs are those of the method, if it is known', async (t) => {
  const example = caseOf({ identity: refusal('token_expired', 'x') })
  const account = await accountOf(t, example)
  t.match(jsonReport({ account, method: example.method, ...rest }), {
    verbs: ['start'],
    identity: undefined,
  })
  t.match(jsonReport({ account, method: undefined, ...rest }), { verbs: [], method: undefined })
})
