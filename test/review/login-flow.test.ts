import t from 'tap'
import { refusal } from '../../src/core/refusal.ts'
import type { ReviewFacts } from '../../src/core/review-entry.ts'
import type { PersonVerifier } from '../../src/identify/person.ts'
import type { Recorded } from '../../src/record/journal.ts'
import { createLoginAttempts } from '../../src/review/login-attempt.ts'
import { createLoginFlow, type Callback } from '../../src/review/login-flow.ts'
import type { LoginIssuer } from '../../src/review/login-issuer.ts'
import { loginRefusal } from '../../src/review/login-refusal.ts'
import { identityOf } from '../support/decision-parts.ts'
import { policyOf } from '../support/tested-policy.ts'

const at = Date.UTC(2026, 10, 23, 9)
const login = { issuer: 'gitlab', clientId: 'a1b2c3', clientSecretFile: 's', url: 'https://a' }
const identity = identityOf({
  kind: 'person',
  subject: '7',
  principal: 'gitlab.com/rita',
  claims: new Map([['user_id', '7']]),
})
const person = { identity, isStanding: () => true }
const auditors = `version: 1
people: [{ name: auditors, issuer: gitlab, match: { user_id: 7 }, grants: [{ audit: review }] }]
`

interface Parts {
  readonly redeemed?: Awaited<ReturnType<LoginIssuer['redeem']>>
  readonly verified?: Awaited<ReturnType<PersonVerifier>>
  readonly policy?: string
  readonly recorded?: Recorded
}

/** A flow, an attempt of it, and what its parts were asked. */
function start(parts: Parts = {}) {
  const attempts = createLoginAttempts()
  const attempt = attempts.begin(at, '10.0.0.1')
  const facts: ReviewFacts[] = []
  const asked: unknown[] = []
  const finish = createLoginFlow({
    login,
    attempts,
    issuer: {
      begin: async () => new URL('https://a'),
      redeem: async (query, taken) => {
        asked.push([query.get('code'), taken])
        return parts.redeemed ?? { idToken: 'id-token' }
      },
    },
    person: async (...args) => {
      asked.push(args)
      return parts.verified ?? person
    },
    policy: () => policyOf(parts.policy ?? auditors),
    record: async (fact) => {
      facts.push(fact)
      return parts.recorded ?? { ok: true }
    },
  })
  const { state, browser } = attempt
  const callback: Callback = {
    at,
    query: new URLSearchParams({ code: 'c', state }),
    browser,
    peer: '10.0.0.1',
  }
  return { attempt, facts, asked, callback, finish }
}

void t.test('somebody is logged in after all of it, and it is recorded', async (t) => {
  const { attempt, asked, callback, facts, finish } = start()
  t.strictSame(await finish(callback), { ok: true, person })
  t.strictSame(asked, [
    ['c', attempt],
    ['id-token', { issuer: 'gitlab', audience: 'a1b2c3', nonce: attempt.nonce }, at],
  ])
  t.strictSame(facts, [
    {
      at,
      action: 'login',
      reviewer: 'gitlab.com/rita',
      issuer: 'gitlab',
      peer: '10.0.0.1',
      about: {
        user_id: '7',
        rule: 'auditors',
        policy_hash: 'sha256:0123',
        token_sha256: identity.tokenDigest,
      },
    },
  ])
})

type Change = (callback: Callback) => Callback

const changes: Readonly<Record<string, Change>> = {
  'another state': (c) => ({ ...c, query: new URLSearchParams({ code: 'c', state: 'x' }) }),
  'no state': (c) => ({ ...c, query: new URLSearchParams({ code: 'c' }) }),
  'two states': (c) => ({ ...c, query: new URLSearchParams(`${c.query.toString()}&state=x`) }),
  'the cookie of another browser': (c) => ({ ...c, browser: 'x' }),
  'no cookie': (c) => ({ ...c, browser: undefined }),
  'a state that is too old': (c) => ({ ...c, at: at + 600_000 }),
}

for (const [what, change] of Object.entries(changes)) {
  void t.test(`with ${what}, the issuer is not even asked`, async (t) => {
    const { asked, callback, facts, finish } = start()
    t.match(await finish(change(callback)), {
      ok: false,
      reviewer: 'unknown',
      refusal: { code: 'login_unknown' },
    })
    t.strictSame([asked, facts], [[], []])
  })
}

void t.test('a login is finished once', async (t) => {
  const { callback, finish } = start()
  t.match(await finish(callback), { ok: true })
  t.match(await finish(callback), { ok: false, refusal: { code: 'login_unknown' } })
})

const unavailable = refusal('audit_unavailable', 'disk full')

const refused: readonly [what: string, parts: Parts, code: string, reviewer: string][] = [
  [
    'a code that is not good',
    { redeemed: loginRefusal('issuer_refused', 'd') },
    'issuer_refused',
    'unknown',
  ],
  [
    'an id token that does not hold',
    { verified: refusal('signature_invalid', 'd') },
    'signature_invalid',
    'unknown',
  ],
  ['no rule', { policy: 'version: 1\n' }, 'not_granted', 'gitlab.com/rita'],
  [
    'a denial',
    { policy: `${auditors}denials: [{ name: d, match: { user_id: 7 } }]\n` },
    'denied_by_rule',
    'gitlab.com/rita',
  ],
  [
    'a journal that takes nothing',
    { recorded: { ok: false, refusal: unavailable } },
    'audit_unavailable',
    'gitlab.com/rita',
  ],
]

for (const [what, parts, code, reviewer] of refused) {
  void t.test(`with ${what}, nobody is logged in`, async (t) => {
    const { callback, finish } = start(parts)
    t.match(await finish(callback), { ok: false, reviewer, refusal: { code } })
  })
}
