import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DeliveryFailure } from '../../src/export/delivery-failure.ts'
import { createHttpPost, type HttpPostOptions } from '../../src/export/http-post.ts'
import { until } from '../support/audit-files.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startReceiver, type Answer } from '../support/receiver.ts'

const at = Date.parse('2026-11-23T09:14:02.113Z')
const headers = { 'content-type': 'text/plain', authorization: 'Bearer abc' }
const body = Buffer.from('ü')
const { signal } = new AbortController()

function poster(t: Test, url: string, options: Partial<HttpPostOptions> = {}) {
  const post = createHttpPost({ url, caFile: undefined, now: () => at, ...options })
  t.teardown(post.close)
  return post
}

t.test('posts what it is given, and gives what is answered', async (t) => {
  const { url, posted } = await startReceiver(t, (response) => {
    response.writeHead(202, { 'content-type': 'text/x' }).end('yes')
  })
  const answer = await poster(t, url).send(headers, body, signal)
  t.match(posted, [{ headers, body: 'ü' }])
  t.same(answer, { contentType: 'text/x', body: Buffer.from('yes') })
})

t.test('an answer of no type and no bytes is one, too', async (t) => {
  const { url } = await startReceiver(t, (response) => void response.writeHead(204).end())
  t.same(await poster(t, url).send(headers, body, signal), {
    contentType: '',
    body: Buffer.alloc(0),
  })
})

t.test('an answer that is too long or breaks off has no body', async (t) => {
  const { url, answerWith } = await startReceiver(t, (response) => {
    response.end(Buffer.alloc(64 * 1024 + 1))
  })
  const { send } = poster(t, url)
  t.equal((await send(headers, body, signal)).body, undefined)
  answerWith((response) => {
    response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy())
  })
  t.equal((await send(headers, body, signal)).body, undefined)
  answerWith((response) => void response.end(Buffer.alloc(64 * 1024)))
  t.equal((await send(headers, body, signal)).body?.length, 64 * 1024)
})

const refusals = [
  [301, 'answered 301; redirects are not followed', true],
  [401, 'answered 401', true],
  [413, 'answered 413', true],
  [408, 'answered 408', false],
  [429, 'answered 429', false],
  [503, 'answered 503', false],
] as const

for (const [status, words, isRefusal] of refusals) {
  t.test(`${status} is a failure that repeats neither path nor answer`, async (t) => {
    const { url, posted } = await startReceiver(t, (response) => {
      response.writeHead(status, { location: '/elsewhere', 'retry-after': '7' }).end('a secret')
    })
    await t.rejects(poster(t, `${url}/part-of-a-secret`).send(headers, body, signal), {
      name: 'DeliveryFailure',
      message: `${new URL(url).origin} ${words}`,
      isRefusal,
      retryAfterMs: isRefusal ? undefined : 7_000,
    })
    t.equal(posted.length, 1)
  })
}

const waits: Record<string, number | undefined> = {
  'Mon, 23 Nov 2026 09:15:02 GMT': 59_887,
  'Mon, 23 Nov 2026 09:00:00 GMT': 0,
  soon: undefined,
}

for (const [header, retryAfterMs] of Object.entries(waits)) {
  t.test(`retry-after: ${header}`, async (t) => {
    const { url } = await startReceiver(t, (response) => {
      response.writeHead(503, { 'retry-after': header }).end()
    })
    const failure = await poster(t, url)
      .send(headers, body, signal)
      .catch((error: unknown) => error)
    t.equal((failure as DeliveryFailure).retryAfterMs, retryAfterMs)
  })
}

t.test('a busy receiver that asks for no time is left none', async (t) => {
  const { url } = await startReceiver(t, (response) => void response.writeHead(503).end())
  await t.rejects(poster(t, url).send(headers, body, signal), {
    name: 'DeliveryFailure',
    retryAfterMs: undefined,
  })
})

const silent: Answer = () => undefined

t.test('a receiver that does not answer is given up after a time, or when told', async (t) => {
  const { url, posted } = await startReceiver(t, silent)
  const { origin } = new URL(url)
  await t.rejects(poster(t, url, { timeoutMs: 100 }).send(headers, body, signal), {
    name: 'DeliveryFailure',
    message: `${origin} did not answer within 0.1 s`,
  })
  const controller = new AbortController()
  const rejected = t.rejects(poster(t, url).send(headers, body, controller.signal), {
    message: `${origin}: the end`,
  })
  await until(() => posted.length > 1)
  controller.abort(new Error('the end'))
  await rejected
})

t.test('an authority that changes is read again after a failure', async (t) => {
  const { cert, key } = await makeCertificate()
  const server = createServer({ cert, key }, (_, response) => void response.end()).listen(0)
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const notTrusted = { message: /self-signed certificate/ }
  await t.rejects(poster(t, url).send(headers, body, signal), notTrusted)
  const caFile = join(t.testdir({ ca: (await makeCertificate()).cert }), 'ca')
  const { send } = poster(t, url, { caFile })
  await t.rejects(send(headers, body, signal), notTrusted)
  writeFileSync(caFile, cert)
  await send(headers, body, signal)
  await send(headers, body, signal)
})
