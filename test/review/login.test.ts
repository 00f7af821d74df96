import { fastify } from 'fastify'
import t from 'tap'
import type { ReviewFacts } from '../../src/core/review-entry.ts'
import { createLog } from '../../src/log.ts'
import { cookieFor } from '../../src/review/cookie.ts'
import { createLoginAttempts } from '../../src/review/login-attempt.ts'
import type { FinishedLogin } from '../../src/review/login-flow.ts'
import { loginRoutes, peerOf, type LoginParts } from '../../src/review/login.ts'
import { loginRefusal } from '../../src/review/login-refusal.ts'
import type { RefusedLogin } from '../../src/review/refused-logins.ts'
import { createSessions } from '../../src/review/session.ts'
import { identityOf } from '../support/decision-parts.ts'
import { unrecorded } from '../support/review-page.ts'

const at = Date.UTC(2026, 10, 23, 9)
const url = 'https://audit.acme.example'
const login = { issuer: 'gitlab', clientId: 'a1b2c3', clientSecretFile: 's', url }
const person = {
  identity: identityOf({ kind: 'person', principal: 'gitlab.com/rita' }),
  isStanding: () => true,
}
const form = { 'content-type': 'application/x-www-form-urlencoded' }

function start(parts: Partial<LoginParts> = {}) {
  const refused: RefusedLogin[] = []
  const facts: ReviewFacts[] = []
  const finished: unknown[] = []
  const lines: string[] = []
  const sessions = createSessions()
  let flushed = 0
  const app = fastify()
  void app.register(
    loginRoutes({
      login,
      cookie: cookieFor(url, 'sallyport-review'),
      attempts: createLoginAttempts(),
      sessions,
      issuer: {
        begin: async ({ state }) => new URL(`https://gitlab.com/oauth/authorize?state=${state}`),
        redeem: async () => loginRefusal('issuer_refused', 'd'),
      },
      finish: async (callback) => {
        finished.push(callback)
        return { ok: true, person }
      },
      refusedLogins: { add: (each) => void refused.push(each), flush: () => void flushed++ },
      record: async (fact) => {
        facts.push(fact)
        return { ok: true }
      },
      now: () => at,
      log: createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
      ...parts,
    }),
  )
  return { app, refused, facts, finished, lines, sessions, flushed: () => flushed }
}

void t.test('a login begins with the browser’s half in a cookie, and a redirect', async (t) => {
  const { app } = start()
  const { statusCode, headers } = await app.inject('/review/login')
  t.equal(statusCode, 303)
  t.match(headers, {
    location: /^https:\/\/gitlab\.com\/oauth\/authorize\?state=/,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
  t.match(
    headers['set-cookie'],
    /^__Host-sallyport-login=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
  )
})

void t.test('nothing in a request chooses where a login leads', async (t) => {
  const { app } = start()
  const query =
    'next=https://evil.example&redirect_uri=https://evil.example&return_to=//evil.example'
  const headers = {
    host: 'evil.example',
    'x-forwarded-host': 'evil.example',
    referer: 'https://evil.example',
  }
  for (const path of ['/review/login', '/review/callback']) {
    const answer = await app.inject({ url: `${path}?${query}`, headers })
    t.notMatch(JSON.stringify(answer.headers), /evil/)
  }
})

void t.test('an issuer that cannot be asked is a refused login', async (t) => {
  const { app, refused, lines } = start({
    issuer: {
      begin: async () => loginRefusal('issuer_unavailable', 'down'),
      redeem: async () => loginRefusal('issuer_unavailable', 'down'),
    },
  })
  const { statusCode, body } = await app.inject('/review/login')
  t.equal(statusCode, 503)
  t.match(body, 'The issuer cannot be asked at the moment.')
  t.match(refused, [{ at, reviewer: 'unknown', issuer: 'gitlab', refusal: { detail: 'down' } }])
  t.match(lines.join(''), /"level":"warn".*"code":"issuer_unavailable".*login refused/)
})

void t.test('who comes back gets a new session, and the attempt’s cookie goes', async (t) => {
  const { app, sessions, finished, lines } = start()
  const cookie = '__Host-sallyport-login=half; __Host-sallyport-review=planted'
  const answer = await app.inject({ url: '/review/callback?code=c&state=s', headers: { cookie } })
  t.equal(answer.statusCode, 303)
  t.equal(answer.headers.location, `${url}/review`)
  const cookies = [answer.headers['set-cookie']].flat()
  t.match(cookies[0], /^__Host-sallyport-login=; Max-Age=0/)
  const [, id = ''] =
    /^__Host-sallyport-review=([\w-]{43}); Max-Age=28800; .*Secure$/.exec(cookies[1] ?? '') ?? []
  t.match(sessions.find(id, at), { person })
  t.equal(sessions.find('planted', at), undefined)
  t.match(finished, [{ at, browser: 'half', peer: '127.0.0.1' }])
  t.equal(String((finished[0] as { query: URLSearchParams }).query), 'code=c&state=s')
  t.match(lines.join(''), /"reviewer":"gitlab\.com\/rita".*logged in/)
})

void t.test('a new login ends the session that the browser had', async (t) => {
  const { app, sessions } = start()
  const old = sessions.open(person, at)
  const headers = { cookie: `__Host-sallyport-review=${old}` }
  await app.inject({ url: '/review/callback?code=c&state=s', headers })
  t.equal(sessions.find(old, at), undefined)
})

void t.test('who is refused is told so, and has no session', async (t) => {
  const refusal = loginRefusal('not_granted', 'no rule')
  const finish = async (): Promise<FinishedLogin> => ({
    ok: false,
    refusal,
    reviewer: 'gitlab.com/dm',
  })
  const { app, refused } = start({ finish })
  const { statusCode, headers, body } = await app.inject('/review/callback?code=c&state=s')
  t.equal(statusCode, 403)
  t.match(body, 'You may not review the audit stream')
  t.notMatch(body, /no rule/)
  t.match(headers['set-cookie'], /^__Host-sallyport-login=; Max-Age=0/)
  t.match(refused, [{ reviewer: 'gitlab.com/dm', peer: '127.0.0.1', refusal }])
})

void t.test('a link preview uses no login up', async (t) => {
  const { app, finished } = start()
  for (const path of ['/review/login', '/review/callback?code=c&state=s']) {
    t.equal((await app.inject({ method: 'HEAD', url: path })).statusCode, 404)
  }
  t.strictSame(finished, [])
})

void t.test('somebody logs out with the form token, and is recorded', async (t) => {
  const { app, sessions, facts } = start()
  const id = sessions.open(person, at)
  const { formToken = '' } = sessions.find(id, at) ?? {}
  const logOut = (payload: string, cookie = `__Host-sallyport-review=${id}`, headers = form) =>
    app.inject({ method: 'POST', url: '/review/logout', headers: { ...headers, cookie }, payload })
  for (const payload of ['', 'form_token=', 'form_token=x', `token=${formToken}`]) {
    t.equal((await logOut(payload)).statusCode, 403, payload)
  }
  t.equal((await logOut(`form_token=${formToken}`, 'a=b')).statusCode, 403)
  const json = { 'content-type': 'application/json' }
  t.equal((await logOut(`{"form_token":"${formToken}"}`, undefined, json)).statusCode, 415)
  t.equal((await logOut(`form_token=${'x'.repeat(5000)}`)).statusCode, 413)
  t.ok(sessions.find(id, at), 'so far nobody was logged out')
  t.strictSame(facts, [])

  const { statusCode, headers, body } = await logOut(`form_token=${formToken}`)
  t.equal(statusCode, 200)
  t.match(body, 'Logged out')
  t.match(headers['set-cookie'], /^__Host-sallyport-review=; Max-Age=0/)
  t.equal(sessions.find(id, at), undefined)
  t.strictSame(facts, [
    { at, action: 'logout', reviewer: 'gitlab.com/rita', issuer: 'gitlab', peer: '127.0.0.1' },
  ])
  t.equal((await logOut(`form_token=${formToken}`)).statusCode, 403)
})

void t.test('a logout that cannot be recorded ends the session, and says so', async (t) => {
  const { app, sessions, lines } = start({ record: async () => unrecorded })
  const id = sessions.open(person, at)
  const { formToken = '' } = sessions.find(id, at) ?? {}
  const { statusCode, headers, body } = await app.inject({
    method: 'POST',
    url: '/review/logout',
    headers: { ...form, cookie: `__Host-sallyport-review=${id}` },
    payload: `form_token=${formToken}`,
  })
  t.equal(statusCode, 503)
  t.match(body, 'Your session here is over')
  t.match(body, 'this is not recorded.')
  t.match(headers['set-cookie'], /^__Host-sallyport-review=; Max-Age=0/)
  t.equal(sessions.find(id, at), undefined)
  t.match(lines.join(''), /"level":"error".*"action":"logout".*not recorded in the journal/)
})

void t.test('a flood of logins from one address drops no one else’s', async (t) => {
  const attempts = createLoginAttempts()
  const { app } = start({ attempts })
  const states: string[] = []
  for (const remoteAddress of ['10.0.0.1', ...Array.from({ length: 1_000 }, () => '10.0.0.66')]) {
    const { headers } = await app.inject({ url: '/review/login', remoteAddress })
    states.push(new URL(String(headers.location)).searchParams.get('state') ?? '')
  }
  t.ok(attempts.take(states[0] ?? '', at))
  t.notOk(attempts.take(states[1] ?? '', at))
})

void t.test('a logout without a body is none', async (t) => {
  const { app, sessions } = start()
  const headers = { cookie: `__Host-sallyport-review=${sessions.open(person, at)}` }
  t.equal((await app.inject({ method: 'POST', url: '/review/logout', headers })).statusCode, 403)
})

void t.test('where the page parses forms too, the login parses its own', async (t) => {
  const app = fastify()
  app.addContentTypeParser(form['content-type'], { parseAs: 'string' }, (_request, _body, done) =>
    done(null, {}),
  )
  app.post('/', (request) => request.body)
  const { app: other } = start()
  t.ok(await other.ready())
  void app.register((inner, _options, done) => {
    void inner.register(loginRoutes(partsOf()))
    done()
  })
  const answer = await app.inject({ method: 'POST', url: '/', headers: form, payload: 'a=b' })
  t.strictSame(answer.json(), {})
})

function partsOf(): LoginParts {
  return {
    login,
    cookie: cookieFor(url, 'sallyport-review'),
    attempts: createLoginAttempts(),
    sessions: createSessions(),
    issuer: {
      begin: async () => loginRefusal('issuer_refused', 'd'),
      redeem: async () => loginRefusal('issuer_refused', 'd'),
    },
    finish: async () => ({ ok: true, person }),
    refusedLogins: { add: () => undefined, flush: () => undefined },
    record: async () => ({ ok: true }),
    now: () => at,
    log: createLog({ level: 'silent' }),
  }
}

void t.test(
  'what was counted of refused logins is recorded when the listener closes',
  async (t) => {
    const { app, flushed } = start()
    await app.ready()
    t.equal(flushed(), 0)
    await app.close()
    t.equal(flushed(), 1)
  },
)

void t.test('a connection that is gone came from nowhere', async (t) => {
  t.equal(peerOf({ socket: {} } as never), '')
})
