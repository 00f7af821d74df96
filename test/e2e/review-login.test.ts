import { hash } from 'node:crypto'
import t, { type Test } from 'tap'
import { createCookieJar, type CookieJar } from '../support/cookie-jar.ts'
import { auditorsPolicy, startReviewLogin } from '../support/review-login.ts'

const session = 'sallyport-review'
type Review = Awaited<ReturnType<typeof startReviewLogin>>

async function start(t: Test) {
  const review = await startReviewLogin(t)
  const { url } = review
  const isCallback = (at: URL) => at.pathname === '/review/callback'
  return {
    ...review,
    /** Logs in, and says how the last answer was. */
    logIn: async (jar: CookieJar = createCookieJar()) => {
      const { response } = await jar.follow(`${url}/review/login`)
      return { jar, status: response?.status, body: (await response?.text()) ?? '' }
    },
    /** Begins a login and stops where the browser would call back. */
    begin: async (jar: CookieJar) => (await jar.follow(`${url}/review/login`, isCallback)).url,
    statusOf: async (jar: CookieJar, options?: RequestInit) =>
      (await jar.ask(`${url}/review`, options)).status,
    lastCode: () => review.facts.at(-1)?.about?.['code'],
  }
}

/** Nothing that would let anybody in, and nothing personal, is written anywhere. */
function leaksNothing(t: Test, review: Review, ...secrets: string[]): void {
  const written = JSON.stringify(review.facts) + review.lines.join('')
  t.notMatch(written, /eyJ|@acme\.example/)
  for (const secret of [review.provider.clientSecret, ...secrets]) t.notOk(written.includes(secret))
}

t.test('a reviewer logs in, reviews and logs out, and all of it is recorded', async (t) => {
  const review = await start(t)
  const { jar, status, body } = await review.logIn()
  t.equal(status, 200)
  const { name, formToken } = JSON.parse(body) as { name: string; formToken: string }
  t.equal(name, `${new URL(review.provider.url).host}/rita.reviewer`)
  const { value = '', attributes = '' } = jar.of(review.url).get(session) ?? {}
  t.match(attributes, /HttpOnly; SameSite=Lax/)
  t.notOk(jar.of(review.url).has('sallyport-login'), 'the half of the attempt is gone')
  const login = { action: 'login', reviewer: name, about: { user_id: '4242', rule: 'auditors' } }
  t.match(review.facts, [login])
  const answer = await jar.ask(`${review.url}/review/logout`, {
    method: 'POST',
    body: new URLSearchParams({ form_token: formToken }),
  })
  t.equal(answer.status, 200)
  t.notOk(jar.of(review.url).has(session))
  const headers = { cookie: `${session}=${value}` }
  t.equal(await review.statusOf(createCookieJar(), { headers }), 401, 'the id is worth nothing now')
  t.match(review.facts, [login, { action: 'logout', reviewer: name }])
  leaksNothing(t, review, value, formToken)
})

t.test('who is not granted a review, was denied it or did not log in has none', async (t) => {
  const review = await start(t)
  const people: readonly [id: string | undefined, status: number, code: string, who: RegExp][] = [
    ['4243', 403, 'not_granted', /\/dmeyer$/],
    ['4244', 403, 'denied_by_rule', /\/left$/],
    [undefined, 403, 'issuer_refused', /^unknown$/],
  ]
  for (const [id, expected, code, who] of people) {
    review.provider.person = id
    const { jar, status, body } = await review.logIn()
    t.equal(status, expected)
    t.notMatch(body, /<script|auditors|has-left/)
    t.notOk(jar.of(review.url).has(session))
    t.match(review.facts.at(-1), { action: 'login_refused', reviewer: who, about: { code } })
  }
  leaksNothing(t, review)
})

t.test('a hostile login name is no principal', async (t) => {
  const review = await start(t)
  review.provider.person = '4245'
  const { body } = await review.logIn()
  t.equal((JSON.parse(body) as { name: string }).name, `${new URL(review.provider.url).host}:4245`)
})

t.test('a reload that takes the rule away, or denies, ends the session at once', async (t) => {
  const review = await start(t)
  for (const policy of [
    'version: 1\n',
    auditorsPolicy.replace('"4244"', '"4242"'),
    auditorsPolicy.replace('acme/auditors', 'acme/others'),
  ]) {
    review.setPolicy(auditorsPolicy)
    const { jar, status } = await review.logIn()
    t.equal(status, 200)
    review.setPolicy(policy)
    t.equal(await review.statusOf(jar), 401)
    t.match(review.facts.at(-1), { action: 'logout', reviewer: /rita/ })
  }
})

t.test('a token of a CI job logs nobody in, wherever it is put', async (t) => {
  const review = await start(t)
  const { provider } = review
  const now = Math.floor(Date.now() / 1000)
  let nonce = ''
  const job = (claims: object = {}) =>
    provider.sign({
      iss: provider.url,
      sub: 'project_path:acme/app:ref_type:branch:ref:main',
      aud: provider.clientId,
      iat: now,
      nbf: now - 5,
      exp: now + 3600,
      jti: 'j',
      job_id: '7',
      pipeline_id: '8',
      project_id: '9',
      user_id: '4242',
      user_login: 'rita.reviewer',
      groups_direct: ['acme/auditors'],
      ...claims,
    })
  const token = await job()
  const bearer = { authorization: `Bearer ${token}` }
  t.equal(await review.statusOf(createCookieJar(), { headers: bearer }), 401)
  t.equal(
    await review.statusOf(createCookieJar(), { headers: { cookie: `${session}=${token}` } }),
    401,
  )

  for (const [claims, code] of [
    [{}, 'answer_invalid'],
    [{ aud: 'https://sallyport.test' }, 'answer_invalid'],
    // Even if a job could choose the nonce, which GitLab does not let it.
    [{ sub: '4242', withNonce: true }, 'credential_malformed'],
  ] as const) {
    provider.tamper = (idToken) => {
      const [, payload = ''] = idToken.split('.')
      nonce = (JSON.parse(Buffer.from(payload, 'base64url').toString()) as { nonce: string }).nonce
      return job({ ...claims, ...('withNonce' in claims && { nonce }) })
    }
    const { jar, status } = await review.logIn()
    t.not(status, 200)
    t.notOk(jar.of(review.url).has(session))
    t.equal(review.lastCode(), code)
  }
  leaksNothing(t, review, token)
})

t.test('an id token that was tampered with, or made for somebody else, is refused', async (t) => {
  const review = await start(t)
  const { provider } = review
  const changed = (change: object) => async (idToken: string) => {
    const [, payload = ''] = idToken.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    return provider.sign({ ...claims, ...change })
  }
  const first: string[] = []
  const tampering: readonly [
    what: string,
    tamper: (token: string) => string | Promise<string>,
    code: string,
  ][] = [
    ['another nonce', changed({ nonce: 'x' }), 'answer_invalid'],
    ['no nonce', changed({ nonce: undefined }), 'answer_invalid'],
    ['another audience', changed({ aud: 'other' }), 'answer_invalid'],
    [
      'two audiences',
      changed({ aud: [provider.clientId, 'other'], azp: provider.clientId }),
      'audience_mismatch',
    ],
    ['another issuer', changed({ iss: 'https://gitlab.com' }), 'answer_invalid'],
    ['an end in the past', changed({ exp: 1 }), 'answer_invalid'],
    ['an old beginning', changed({ iat: Math.floor(Date.now() / 1000) - 3600 }), 'token_too_old'],
    ['another signature', (token) => `${token.slice(0, -12)}AAAAAAAAAAAA`, 'signature_invalid'],
    ['no signature', (token) => `${token.split('.').slice(0, 2).join('.')}.`, 'signature_invalid'],
    ['another person in it', swapPayload, 'signature_invalid'],
    ['a login before this one', (token) => (first.push(token) > 1 ? (first[0] ?? '') : token), ''],
  ]
  for (const [what, tamper, code] of tampering) {
    provider.tamper = tamper
    if (code === '') {
      t.equal((await review.logIn()).status, 200, 'the first is good')
      t.not((await review.logIn()).status, 200, what)
      t.equal(review.lastCode(), 'answer_invalid', what)
    } else {
      const { jar, status } = await review.logIn()
      t.not(status, 200, what)
      t.notOk(jar.of(review.url).has(session), what)
      t.equal(review.lastCode(), code, what)
    }
  }
  leaksNothing(t, review, ...first)
})

function swapPayload(token: string): string {
  const [header, payload = '', signature] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
  const other = Buffer.from(JSON.stringify({ ...claims, sub: '1' })).toString('base64url')
  return `${header}.${other}.${signature}`
}

t.test('a callback is good once, in the browser that began, with its own state', async (t) => {
  const review = await start(t)
  const jar = createCookieJar()
  const callback = await review.begin(jar)

  const victim = createCookieJar()
  t.equal((await victim.ask(callback)).status, 400, 'sent to somebody else (login CSRF)')
  t.equal(review.lastCode(), 'login_unknown')
  t.notOk(victim.of(review.url).has(session))
  t.equal((await jar.ask(callback)).status, 400, 'and that used it up')

  const again = await review.begin(jar)
  const wrong = new URL(again)
  wrong.searchParams.set('state', 'x')
  t.equal((await jar.ask(wrong)).status, 400)
  const twice = new URL(again)
  twice.searchParams.append('state', 'x')
  t.equal((await jar.ask(twice)).status, 400)

  const good = await review.begin(jar)
  const half = jar.of(review.url).get('sallyport-login')
  t.equal((await jar.ask(good)).status, 303)
  if (half) jar.of(review.url).set('sallyport-login', half)
  t.equal((await jar.ask(good)).status, 400, 'replayed')
  const used = review.provider.tokenRequests.length
  const other = await review.begin(jar)
  other.searchParams.set('code', good.searchParams.get('code') ?? '')
  t.equal((await jar.ask(other)).status, 403, 'a used code under a fresh state')
  t.equal(review.provider.tokenRequests.length, used + 1)
  t.equal(review.lastCode(), 'issuer_refused')
  leaksNothing(t, review, good.searchParams.get('code') ?? 'x', half?.value ?? 'x')
})

t.test('a code of somebody else under the state of this browser is refused', async (t) => {
  const review = await start(t)
  const [attacker, victim] = [createCookieJar(), createCookieJar()]
  const stolen = await review.begin(attacker)
  const own = await review.begin(victim)
  own.searchParams.set('code', stolen.searchParams.get('code') ?? '')
  t.equal((await victim.ask(own)).status, 403)
  t.equal(review.lastCode(), 'issuer_refused', 'the verifier of PKCE is not that of the code')
})

t.test('a session id that was planted never becomes a session', async (t) => {
  const review = await start(t)
  const jar = createCookieJar()
  const planted = hash('sha256', 'planted', 'base64url')
  jar.of(review.url).set(session, { value: planted, attributes: '' })
  t.equal((await review.logIn(jar)).status, 200)
  t.not(jar.of(review.url).get(session)?.value, planted)
  const headers = { cookie: `${session}=${planted}` }
  t.equal(await review.statusOf(createCookieJar(), { headers }), 401)
  const value = jar.of(review.url).get(session)?.value
  t.equal((await review.logIn(jar)).status, 200)
  const old = { cookie: `${session}=${value}` }
  t.equal(
    await review.statusOf(createCookieJar(), { headers: old }),
    401,
    'nor does an old one stay',
  )
})

t.test('no request chooses where a browser is sent', async (t) => {
  const review = await start(t)
  const evil = 'https://evil.example'
  const query = ['next', 'return_to', 'redirect_uri', 'url', 'RelayState'].map(
    (name) => `${name}=${evil}`,
  )
  const paths = [
    `login?${query.join('&')}`,
    `callback?${query.join('&')}`,
    '/evil.example',
    '..//evil.example',
  ]
  for (const path of paths) {
    const answer = await createCookieJar().ask(`${review.url}/review/${path}`, {
      headers: {
        'x-forwarded-host': 'evil.example',
        forwarded: 'host=evil.example',
        referer: evil,
      },
    })
    t.notMatch(answer.headers.get('location') ?? '', /evil/, path)
  }
  const answer = await createCookieJar().ask(`${review.url}/review/login`)
  const sent = new URL(answer.headers.get('location') ?? '')
  t.equal(sent.origin, review.provider.url)
  t.equal(sent.searchParams.get('redirect_uri'), `${review.url}/review/callback`)
})

t.test('with a login set, being on this machine gives nothing', async (t) => {
  const review = await start(t)
  t.equal(await review.statusOf(createCookieJar()), 401)
})

t.test('a login that cannot be recorded is none', async (t) => {
  const review = await start(t)
  const refusal = { refused: true, code: 'audit_unavailable', detail: 'disk full' } as const
  review.state.recorded = { ok: false, refusal }
  const { jar, status } = await review.logIn()
  t.equal(status, 503)
  t.notOk(jar.of(review.url).has(session))
  review.state.recorded = { ok: true }
  t.equal((await review.logIn()).status, 200)
})
