import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createLoginAttempts } from '../../src/review/login-attempt.ts'
import { createLoginIssuer } from '../../src/review/login-issuer.ts'
import { createCookieJar } from '../support/cookie-jar.ts'
import { issuerSettings } from '../support/issuer-settings.ts'
import { startLoginProvider } from '../support/login-provider.ts'

const site = 'http://127.0.0.1:9'
const redirectUri = `${site}/review/callback`

function clientOf(t: Test, url: string, clientId: string, secret: string | undefined) {
  const clientSecretFile = join(t.testdir(), 'secret')
  if (secret !== undefined) writeFileSync(clientSecretFile, secret)
  const login = { issuer: 'gitlab', clientId, clientSecretFile, url: site }
  return createLoginIssuer({ login, issuer: issuerSettings(url), now: Date.now })
}

async function start(t: Test, secretOf: (secret: string) => string | undefined = (s) => `${s}\n`) {
  const people = { '7': { login: 'rita', groups: ['acme'] } }
  const provider = await startLoginProvider({ redirectUri, people })
  t.teardown(provider.close)
  const secret = secretOf(provider.clientSecret)
  const client = clientOf(t, provider.url, provider.clientId, secret)
  const attempt = createLoginAttempts().begin(Date.now(), '10.0.0.1')
  /** Goes to the provider and comes back with what it answers. */
  const answer = async () => {
    const url = await client.begin(attempt)
    if ('refused' in url) throw new Error(url.detail)
    const back = await createCookieJar().follow(url, ({ origin }) => origin === site)
    return back.url.searchParams
  }
  return { provider, client, attempt, answer }
}

void t.test(
  'a browser is sent to the issuer with PKCE, state, nonce and one address',
  async (t) => {
    const { provider, client, attempt } = await start(t)
    const url = await client.begin(attempt)
    if ('refused' in url) throw new Error(url.detail)
    t.equal(url.origin + url.pathname, `${provider.url}/oauth/authorize`)
    const { code_challenge: challenge, ...rest } = Object.fromEntries(url.searchParams)
    t.strictSame(rest, {
      client_id: 'a1b2c3',
      response_type: 'code',
      redirect_uri: redirectUri,
      response_mode: 'query',
      scope: 'openid',
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge_method: 'S256',
    })
    t.match(challenge, /^[\w-]{43}$/)
    t.notMatch(url.href, attempt.verifier)
    t.notMatch(url.href, attempt.browser)
  },
)

void t.test('the code is redeemed for an id token, by a client that proves itself', async (t) => {
  const { provider, client, attempt, answer } = await start(t)
  const redeemed = await client.redeem(await answer(), attempt)
  t.match(redeemed, { idToken: /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/ })
  t.strictSame(provider.tokenRequests, ['Basic'])
})

void t.test('a code is good once', async (t) => {
  const { client, attempt, answer } = await start(t)
  const query = await answer()
  await client.redeem(query, attempt)
  t.match(await client.redeem(query, attempt), {
    code: 'issuer_refused',
    detail: 'the issuer answered invalid_grant',
  })
})

void t.test('what the issuer did not allow is refused in its own code', async (t) => {
  const { provider, client, attempt, answer } = await start(t)
  provider.person = undefined
  const refused = await client.redeem(await answer(), attempt)
  t.strictSame(refused, {
    refused: true,
    code: 'issuer_refused',
    detail: 'the issuer answered access_denied',
  })
  t.strictSame(provider.tokenRequests, [])
})

type Changed = (query: URLSearchParams) => void

const changes: readonly [what: string, change: Changed, code: string, detail: RegExp][] = [
  ['another state', (q) => q.set('state', 'x'), 'answer_invalid', /unexpected "state"/],
  ['no state', (q) => q.delete('state'), 'answer_invalid', /"state" missing/],
  ['another issuer', (q) => q.set('iss', 'https://evil.example'), 'answer_invalid', /"iss"/],
  ['no issuer where one is promised', (q) => q.delete('iss'), 'answer_invalid', /"iss"/],
  ['two codes', (q) => q.append('code', 'x'), 'answer_invalid', /provided only once/],
  ['another code', (q) => q.set('code', 'x'), 'issuer_refused', /invalid_grant/],
]

for (const [what, change, code, detail] of changes) {
  void t.test(`an answer with ${what} is refused`, async (t) => {
    const { client, attempt, answer } = await start(t)
    const query = await answer()
    change(query)
    t.match(await client.redeem(query, attempt), { code, detail })
  })
}

void t.test('a code does nothing for who does not have the verifier', async (t) => {
  const { client, attempt, answer } = await start(t)
  const other = { ...attempt, verifier: 'x'.repeat(43) }
  t.match(await client.redeem(await answer(), other), { code: 'issuer_refused' })
})

void t.test('nor for who does not have the client secret', async (t) => {
  const { client, attempt, answer } = await start(t, () => 'guessed')
  t.match(await client.redeem(await answer(), attempt), {
    code: 'issuer_refused',
    detail: /answered 401 to this client; check client_id and client_secret_file/,
  })
  const without = await start(t, () => undefined)
  t.match(await without.client.redeem(await without.answer(), without.attempt), {
    code: 'issuer_unavailable',
    detail: /ENOENT/,
  })
})

void t.test('no detail repeats what was sent', async (t) => {
  const { provider, client, attempt, answer } = await start(t)
  provider.tamper = (token) => `${token}.leak`
  const refused = await client.redeem(await answer(), attempt)
  t.match(refused, { code: 'answer_invalid' })
  t.notMatch(JSON.stringify(refused), /eyJ|leak/)
})

/** An issuer whose token endpoint does as it is told. */
async function startStub(t: Test, token: RequestListener) {
  const server = createServer((request, response) => {
    if (request.url === '/oauth/token') return token(request, response)
    const endpoints = { authorization_endpoint: `${url}/a`, token_endpoint: `${url}/oauth/token` }
    return response.end(JSON.stringify({ issuer: url, ...endpoints }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const attempt = createLoginAttempts().begin(Date.now(), '10.0.0.1')
  const query = new URLSearchParams({ code: 'c', state: attempt.state })
  return { client: clientOf(t, url, 'a1b2c3', 's'), attempt, query, server }
}

void t.test('an answer that is broken, or never ends, is none', async (t) => {
  const json = { 'content-type': 'application/json' }
  const answers: readonly [RequestListener, code: string][] = [
    [(_, response) => response.writeHead(200, json).end('x'), 'answer_invalid'],
    [
      (_, response) => response.writeHead(302, { location: 'https://evil.example' }).end(),
      'answer_invalid',
    ],
    [
      (_, response) =>
        response.writeHead(200, json).end(JSON.stringify({ access_token: 'x'.repeat(2e6) })),
      'answer_invalid',
    ],
    [
      (_, response) =>
        response.writeHead(200, json).end('{"access_token":"a","token_type":"bearer"}'),
      'answer_invalid',
    ],
    [(request) => request.socket.destroy(), 'issuer_unavailable'],
  ]
  for (const [answer, code] of answers) {
    const { client, attempt, query } = await startStub(t, answer)
    t.match(await client.redeem(query, attempt), { refused: true, code })
  }
})

void t.test('so many logins are finished at once, and no more', async (t) => {
  const waiting: (() => void)[] = []
  const { client, attempt, query } = await startStub(t, (_, response) => {
    waiting.push(() => response.writeHead(500).end())
  })
  const all = Array.from({ length: 17 }, () => client.redeem(query, attempt))
  t.match(await all.at(-1), {
    code: 'issuer_unavailable',
    detail: '16 logins are being finished already',
  })
  while (waiting.length < 16) await new Promise((resolve) => setImmediate(resolve))
  for (const answer of waiting) answer()
  t.match(
    await Promise.all(all.slice(0, 16)),
    Array.from({ length: 16 }, () => ({ refused: true })),
  )
  const next = client.redeem(query, attempt)
  while (waiting.length < 17) await new Promise((resolve) => setImmediate(resolve))
  waiting.at(-1)?.()
  t.match(await next, { code: 'answer_invalid' }, 'then the next one is')
})

void t.test('an issuer that is not there sends nobody anywhere', async (t) => {
  const client = clientOf(t, 'http://127.0.0.1:1', 'a1b2c3', 's')
  const attempt = createLoginAttempts().begin(Date.now(), '10.0.0.1')
  t.match(await client.begin(attempt), { code: 'issuer_unavailable', detail: /ECONNREFUSED/ })
})
