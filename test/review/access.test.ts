import { fastify } from 'fastify'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { LoginSettings } from '../../src/config/audit-settings.ts'
import { refusal } from '../../src/core/refusal.ts'
import type { ReviewFacts } from '../../src/core/review-entry.ts'
import { createLog } from '../../src/log.ts'
import { createReviewAccess, type ReviewAccessParts } from '../../src/review/access.ts'
import { createCookieJar } from '../support/cookie-jar.ts'
import { auditorsPolicy, startReviewLogin } from '../support/review-login.ts'
import { policyOf } from '../support/tested-policy.ts'

function partsOf(host: string, login?: LoginSettings): ReviewAccessParts & { lines: string[] } {
  const lines: string[] = []
  return {
    settings: { login, temporalUiUrl: undefined },
    ops: { host },
    issuers: [],
    identifier: { person: async () => refusal('not_granted', 'd') },
    policy: () => policyOf('version: 1\n'),
    record: async () => ({ ok: true }),
    now: Date.now,
    log: createLog({ level: 'info', destination: { write: (line) => void lines.push(line) } }),
    lines,
  }
}

/** A listener on loopback whose page is for reviewers, and how it answers raw requests. */
async function listen(t: Test, parts: ReviewAccessParts) {
  const access = createReviewAccess(parts)
  const app = fastify()
  void app.register(access.routes)
  app.get('/review', (request, reply) => {
    const reviewer = access.reviewerOf(request)
    return reply.code(reviewer ? 200 : 401).send(reviewer ?? {})
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(() => app.close())
  const { port } = app.server.address() as AddressInfo
  /** Headers as they are, which fetch would not send. */
  const ask = async (...headers: string[]) => {
    const socket = connect(port, '127.0.0.1')
    socket.end(
      `GET /review HTTP/1.1\r\n${headers.map((each) => `${each}\r\n`).join('')}Connection: close\r\n\r\n`,
    )
    const answer = await text(socket)
    return { status: Number(answer.split(' ')[1]), body: answer.split('\r\n\r\n')[1] ?? '' }
  }
  return { access, app, port, ask }
}

void t.test('without a login, somebody at this machine reviews, and nobody else', async (t) => {
  const { access, port, ask } = await listen(t, partsOf('127.0.0.1'))
  t.equal(access.hasLogin, false)
  const { status, body } = await ask(`Host: localhost:${port}`)
  t.equal(status, 200)
  t.match(JSON.parse(body), { name: 'loopback', via: 'loopback', formToken: /^[\w-]{43}$/ })
  t.equal((await ask(`Host: localhost:${port}`)).body, body, 'with the same token in every form')
  t.equal((await ask(`Host: evil.example:${port}`)).status, 401)
  t.equal((await ask('Host: localhost')).status, 401)
  t.equal((await ask(`Host: localhost:${port}`, 'X-Forwarded-For: 127.0.0.1')).status, 401)
})

void t.test(
  'without a login, a listener that others reach shows nothing, and says so',
  async (t) => {
    const parts = partsOf('0.0.0.0')
    const { port, ask } = await listen(t, parts)
    t.equal((await ask(`Host: localhost:${port}`)).status, 401)
    t.match(parts.lines.join(''), /nobody sees the review page/)
  },
)

void t.test('without a login there is none', async (t) => {
  const { app } = await listen(t, partsOf('127.0.0.1'))
  t.equal((await app.inject('/review/login')).statusCode, 404)
})

void t.test('a request without a socket is from nowhere', async (t) => {
  const access = createReviewAccess(partsOf('127.0.0.1'))
  const request = { socket: {}, headers: { host: 'localhost:0' } }
  t.equal(access.reviewerOf(request as never), undefined)
})

void t.test('a login of an issuer that is none does not start', async (t) => {
  const login = { issuer: 'x', clientId: 'a', clientSecretFile: 's', url: 'https://a' }
  t.throws(() => createReviewAccess(partsOf('127.0.0.1', login)), { message: /is no issuer/ })
})

const minute = 60_000

void t.test('with a login, only who logged in reviews, from this machine or not', async (t) => {
  const review = await startReviewLogin(t)
  const jar = createCookieJar()
  t.equal((await jar.ask(`${review.url}/review`)).status, 401)
  const { response } = await jar.follow(`${review.url}/review/login`)
  t.match(await response?.json(), { name: /\/rita\.reviewer$/, issuer: 'gitlab', via: 'login' })
  t.equal((await createCookieJar().ask(`${review.url}/review`)).status, 401)
})

void t.test('the policy is asked at every view', async (t) => {
  const review = await startReviewLogin(t)
  const jar = createCookieJar()
  await jar.follow(`${review.url}/review/login`)
  const status = async () => (await jar.ask(`${review.url}/review`)).status
  t.equal(await status(), 200)
  review.setPolicy('version: 1\n')
  t.equal(await status(), 401)
  t.match(review.facts.at(-1), {
    action: 'logout',
    reviewer: /rita/,
    about: { code: 'not_granted', detail: 'no rule that applies grants audit: review' },
  } satisfies Partial<Record<keyof ReviewFacts, unknown>>)
  review.setPolicy(auditorsPolicy)
  t.equal(await status(), 401, 'what is over stays over')
})

void t.test(
  'a session that ends unrecorded is over all the same, and the log says so',
  async (t) => {
    const review = await startReviewLogin(t)
    const jar = createCookieJar()
    await jar.follow(`${review.url}/review/login`)
    review.setPolicy('version: 1\n')
    review.state.recorded = { ok: false, refusal: refusal('audit_unavailable', 'full') }
    t.equal((await jar.ask(`${review.url}/review`)).status, 401)
    t.match(
      review.lines.join(''),
      /"action":"logout".*"detail":"full".*not recorded in the journal/,
    )
    review.setPolicy(auditorsPolicy)
    t.equal((await jar.ask(`${review.url}/review`)).status, 401)
  },
)

void t.test('a session that nobody uses ends', async (t) => {
  const review = await startReviewLogin(t)
  const jar = createCookieJar()
  await jar.follow(`${review.url}/review/login`)
  review.setNow(() => Date.now() + 31 * minute)
  t.equal((await jar.ask(`${review.url}/review`)).status, 401)
})

void t.test('a session ends with the trust in the key that it stands on', async (t) => {
  const review = await startReviewLogin(t, { issuer: { staleKeysMaxMs: 60 * minute } })
  const jar = createCookieJar()
  await jar.follow(`${review.url}/review/login`)
  for (const [after, status] of [
    [25, 200],
    [50, 200],
    [75, 401],
  ] as const) {
    review.setNow(() => Date.now() + after * minute)
    t.equal((await jar.ask(`${review.url}/review`)).status, status, `after ${after} minutes`)
  }
  t.match(review.facts.at(-1), { action: 'logout', about: { code: 'signature_invalid' } })
})
