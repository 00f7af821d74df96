import t, { type Test } from 'tap'
import { isRefusal } from '../../src/core/refusal.ts'
import type { ExpectedLogin } from '../../src/identify/person.ts'
import { startIdentifier } from '../support/identifier.ts'
import type { Members, MintOptions } from '../support/issuer.ts'

const expected: ExpectedLogin = { issuer: 'gitlab-1', audience: 'a1b2c3', nonce: 'n-1' }

async function start(t: Test, count = 1) {
  const started = await startIdentifier(t, { count })
  const { issuer, identifier, time } = started
  /** An id token of a login: none of the claims of a job, and what GitLab signs of a person. */
  const login = (claims: Members = {}, options: MintOptions = {}, of = issuer) => {
    const iat = time.now() / 1000
    const all = {
      iss: of.url,
      aud: 'a1b2c3',
      sub: '4242',
      iat,
      exp: iat + 120,
      nonce: 'n-1',
      auth_time: iat - 60,
      preferred_username: 'rita',
      email: 'rita@acme.example',
      groups_direct: ['acme', 'acme/auditors'],
      ...claims,
    }
    return of.mint({}, { payload: JSON.stringify(all), ...options })
  }
  const verify = (token: string, changes: Partial<ExpectedLogin> = {}) =>
    identifier.person(token, { ...expected, ...changes }, time.now())
  return { ...started, login, verify }
}

void t.test(
  'a login that holds becomes a person, with groups and without personal data',
  async (t) => {
    const { issuer, login, verify, time } = await start(t)
    const person = await verify(login())
    if (isRefusal(person)) throw new Error(person.detail)
    const { identity } = person
    t.match(identity, {
      issuer: 'gitlab-1',
      kind: 'person',
      subject: '4242',
      principal: `${new URL(issuer.url).host}/rita`,
      guards: [],
      tokenDigest: /^[0-9a-f]{64}$/,
      expiresAt: time.now() + 120_000,
      staleKeys: false,
    })
    t.same(Object.fromEntries(identity.claims), { user_id: '4242', user_login: 'rita' })
    t.same(Object.fromEntries(identity.lists ?? []), { groups_direct: ['acme', 'acme/auditors'] })
    t.notMatch(JSON.stringify([identity, [...identity.claims]]), /@/)
  },
)

const refused: readonly [what: string, claims: Members, code: string, detail: RegExp][] = [
  ['another nonce', { nonce: 'n-2' }, 'audience_mismatch', /made for another login: its nonce/],
  ['no nonce', { nonce: undefined }, 'claims_missing', /lacks "nonce"/],
  ['a nonce that is no text', { nonce: ['n-1'] }, 'credential_malformed', /"sub" and "nonce"/],
  ['another audience', { aud: 'other' }, 'audience_mismatch', /is other, not a1b2c3/],
  ['the audience of jobs', { aud: 'https://sallyport.test' }, 'audience_mismatch', /not a1b2c3/],
  ['several audiences', { aud: ['a1b2c3', 'x'] }, 'audience_mismatch', /several audiences/],
  [
    'another party',
    { azp: 'other\n' },
    'audience_mismatch',
    /"azp" .* is other\\u\{a\}, not a1b2c3/,
  ],
  ['a party that is no text', { azp: 7 }, 'audience_mismatch', /"azp" .* is not a string/],
  ['no subject', { sub: undefined }, 'claims_missing', /lacks "sub"/],
  ['a subject that is a number', { sub: 4242 }, 'credential_malformed', /"sub"/],
  [
    'groups that are no texts',
    { groups_direct: ['acme', 7] },
    'credential_malformed',
    /"groups_direct"/,
  ],
  ['groups that are no list', { groups_direct: 'acme' }, 'credential_malformed', /"groups_direct"/],
  [
    'a login that is no text',
    { preferred_username: 7 },
    'credential_malformed',
    /"preferred_username"/,
  ],
  ['a job', { job_id: '7' }, 'credential_malformed', /carries "job_id": it is that of a CI job/],
  ['a project', { project_id: null }, 'credential_malformed', /carries "project_id"/],
]

for (const [what, claims, code, detail] of refused) {
  void t.test(`a token with ${what} is nobody's login`, async (t) => {
    const { login, verify } = await start(t)
    t.match(await verify(login(claims)), { refused: true, code, detail })
  })
}

void t.test(
  "a token of a CI job is nobody's login, whatever audience and nonce it asks for",
  async (t) => {
    const { issuer, verify } = await start(t)
    t.match(await verify(issuer.mint()), { code: 'claims_missing' })
    t.match(await verify(issuer.mint({ nonce: 'n-1' })), { code: 'audience_mismatch' })
    t.match(await verify(issuer.mint({ aud: 'a1b2c3' })), { code: 'claims_missing' })
    const fullest = issuer.mint({ aud: 'a1b2c3', nonce: 'n-1' })
    t.match(await verify(fullest), { code: 'credential_malformed', detail: /that of a CI job/ })
  },
)

void t.test('nor is the token of a login one of a job', async (t) => {
  const { login, codeOf } = await start(t)
  t.equal(await codeOf(login()), 'claims_missing')
  t.equal(await codeOf(login({ jti: 'j', nbf: 0 })), 'audience_mismatch')
  t.equal(await codeOf(login({ aud: 'https://sallyport.test' })), 'claims_missing')
  const fullest = { aud: 'https://sallyport.test', jti: 'j', nbf: 0 }
  t.equal(await codeOf(login(fullest)), 'accepted', 'but it trips a guard, and names no project')
})

void t.test('a login is of the issuer that the person was sent to', async (t) => {
  const { issuers, login, verify } = await start(t, 2)
  const other = login({}, {}, issuers[1])
  t.match(await verify(other), { code: 'issuer_unknown', detail: /of gitlab-2, not of gitlab-1/ })
  t.notOk(isRefusal(await verify(other, { issuer: 'gitlab-2' })))
})

void t.test('a login is minutes old at most, and signed with a key that is known', async (t) => {
  const { login, verify, time } = await start(t)
  const long = login({ exp: time.now() / 1000 + 86_400 })
  const made = await verify(login(), {})
  t.notOk(isRefusal(made))
  t.match(await verify(login({}, { header: { alg: 'none' } })), { code: 'algorithm_refused' })
  t.match(await verify(login({}, { sign: () => Buffer.alloc(256) })), { code: 'signature_invalid' })
  time.skip(332_000)
  t.match(await verify(long), { code: 'token_too_old' })
})

void t.test('a login stands no longer than the key that signed it', async (t) => {
  const { issuer, login, verify, time, refreshAfter } = await start(t)
  const person = await verify(login())
  if (isRefusal(person)) throw new Error(person.detail)
  t.ok(person.isStanding(time.now()))
  const old = issuer.key()
  await issuer.rotate()
  issuer.withdraw(old.kid)
  await refreshAfter(5 * 60_000)
  t.notOk(person.isStanding(time.now()))
})

void t.test('claims that no table has are reported for people, too', async (t) => {
  const { login, verify, events } = await start(t)
  await verify(login({ planet: 'mars' }))
  t.match(
    events.filter(({ kind }) => kind === 'claim_unknown'),
    [{ claim: 'planet' }],
  )
})
