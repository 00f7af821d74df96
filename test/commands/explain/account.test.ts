import t from 'tap'
import { accountFor } from '../../../src/commands/explain/account.ts'
import { decide } from '../../../src/core/decision.ts'
import { isRefusal, refusal } from '../../../src/core/refusal.ts'
import { methods } from '../../../src/temporal/methods.ts'
import {
  accountOf,
  caseOf,
  goodStart,
  identityWith,
  samplePolicy,
  sourceOf,
} from '../../support/explain.ts'
import { gitlabClaimSets } from '../../support/issuer.ts'

void t.test('an allowed call: which rule and grant has each of its needs', async (t) => {
  t.match(await accountOf(t, caseOf()), {
    outcome: 'allowed',
    code: undefined,
    rule: 'main',
    role: 'starter',
    matching: ['main'],
    reasons: [
      {
        message: 'the grant of starter over payments has start in payments',
        rule: 'main',
        place: { line: 3 },
      },
    ],
    notes: [],
    changes: [],
  })
  t.match(await accountOf(t, caseOf({ name: 'GetSystemInfo' })), {
    outcome: 'allowed',
    reasons: [{ message: 'every verified caller may make this call' }],
  })
})

void t.test(
  'a refused call: what the nearest rule lacks, where it says so, and what would change it',
  async (t) => {
    const account = await accountOf(t, caseOf({ identity: identityWith({ ref: 'Main' }) }))
    t.match(account, {
      outcome: 'refused',
      code: 'not_granted',
      rule: undefined,
      reasons: [
        { message: /no rule applies/ },
        { message: 'ref: wanted main, the token has Main', rule: 'main', place: { line: 8 } },
        { rule: 'other' },
      ],
      notes: [{ code: 'near-miss' }],
      changes: [{ side: 'job' }, { write: 'ref: { any_of: [main, Main] }' }],
    })
    t.same(
      account.considered.map(({ name, applies }) => [name, applies]),
      [
        ['main', false],
        ['other', false],
      ],
    )
  },
)

void t.test('somebody whom no rule is about is offered a rule, a fork is not', async (t) => {
  const stranger = identityWith({ project_id: '7', job_project_id: '7' })
  t.match((await accountOf(t, caseOf({ identity: stranger }))).changes, [
    { write: /project_id: "7"/ },
  ])
  const fork = identityWith({}, 'merge-request-from-fork-in-parent-project')
  const account = await accountOf(t, caseOf({ identity: fork }))
  t.equal(account.code, 'guard_fork_pipelines')
  t.match(account.changes, [{ message: /Run the job in a pipeline of the project itself/ }])
  t.match(account.notes, [{ code: 'fork' }, {}])
  t.match((await accountOf(t, caseOf(), 'version: 1\n')).changes, [{ write: /project_id/ }])
})

void t.test('a denial beats every grant, and is named', async (t) => {
  t.match(await accountOf(t, caseOf({ identity: identityWith({ user_id: '666' }) })), {
    code: 'denied_by_rule',
    reasons: [
      { message: 'the denial gone matches: user_id 666', rule: 'gone', place: { line: 21 } },
    ],
    changes: [{ message: /lift the denial gone/, place: { line: 21 } }],
  })
})

void t.test('a message that no grant makes acceptable has its remedy', async (t) => {
  t.match(await accountOf(t, caseOf({ fields: {} })), {
    code: 'namespace_missing',
    reasons: [{ message: 'the request names no namespace' }, { message: /names no namespace/ }],
    changes: [{ message: /TEMPORAL_NAMESPACE/ }],
  })
})

void t.test('a bad token or message is explained without rules', async (t) => {
  const bad = refusal('credential_malformed', 'the claim is odd')
  t.match(await accountOf(t, caseOf({ identity: bad })), {
    code: 'credential_malformed',
    identity: undefined,
    reasons: [{ message: 'the claim is odd' }, {}],
    changes: [{ message: /Send one/ }],
    considered: [],
  })
  t.match(await accountOf(t, caseOf({ call: refusal('message_malformed', 'x') })), {
    code: 'message_malformed',
    identity: { issuer: 'gitlab' },
  })
})

void t.test(
  'a token that will always be refused decides, one that has only expired is told',
  async (t) => {
    const aud = refusal('audience_mismatch', 'the audience is x')
    t.match(await accountOf(t, caseOf({ refused: aud })), {
      outcome: 'refused',
      code: 'audience_mismatch',
      tokenRefusal: undefined,
      changes: [{ message: /aud/ }],
      considered: [{ name: 'main' }, {}],
    })
    t.match(await accountOf(t, caseOf({ refused: refusal('token_expired', 'x') })), {
      outcome: 'allowed',
      tokenRefusal: { code: 'token_expired' },
    })
  },
)

void t.test(
  'the outcome, code and rules are those of decide, for every caller and method',
  async (t) => {
    const source = await sourceOf(t, samplePolicy)
    let faults = 0
    for (const from of gitlabClaimSets.keys()) {
      for (const { name } of methods) {
        const example = caseOf({ name, identity: identityWith({}, from), fields: goodStart })
        const account = accountFor(source, example)
        const decision = decide(source.policy, example.identity, example.call)
        const same =
          account.outcome === (decision.allowed ? 'allowed' : 'refused') &&
          account.code === (decision.allowed ? undefined : decision.refusal.code) &&
          account.rule === decision.terms?.rule &&
          String(account.matching) === String(decision.rules)
        const isTold = isRefusal(example.call) || account.reasons.length > 0
        if (!same || !isTold) faults++
      }
    }
    t.equal(faults, 0)
  },
)
