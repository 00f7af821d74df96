import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { DeliveryFailure } from '../../src/export/delivery-failure.ts'
import { createSignedPost, type SignedPostOptions } from '../../src/export/signed-post.ts'
import { until } from '../support/audit-files.ts'
import { makeCertificate } from '../support/certificate.ts'
import { startReceiver, type Answer } from '../support/receiver.ts'
import { secretFileFor, webhookSecret } from '../support/webhook-settings.ts'

const at = Date.parse('2026-11-23T09:14:02.113Z')
const message = { id: 'msg_1', contentType: 'application/json', body: '[{"n":"ü"}]' }
const { signal } = new AbortController()

function poster(t: Test, url: string, options: Partial<SignedPostOptions> = {}) {
  const secretFile = secretFileFor(t)
  const post = createSignedPost({
    url,
    secretFile,
    caFile: undefined,
    userAgent: 'sallyport/1',
    now: () => at,
    ...options,
  })
  t.teardown(post.close)
  return { ...post, secretFile }
}

const signed = (key: string, timestamp: string) =>
  `v1,${createHmac('sha256', key).update(`msg_1.${timestamp}.${message.body}`).digest('base64')}`

t.test('posts the body as it is, with a signature over it', async (t) => {
  const { url, posted } = await startReceiver(t)
  await poster(t, url).send(message, signal)
  t.match(posted, [
    {
      body: message.body,
      headers: {
        'content-type': 'application/json',
        'user-agent': 'sallyport/1',
        'webhook-id': 'msg_1',
        'webhook-timestamp': '1795425242',
        'webhook-signature': signed(webhookSecret, '1795425242'),
      },
    },
  ])
})

t.test('a secret that changes is used from the next post on', async (t) => {
  const { url, posted } = await startReceiver(t)
  const { send, secretFile } = poster(t, url)
  await send(message, signal)
  const next = 'another secret, just as long'
  writeFileSync(`${secretFile}.new`, next)
  renameSync(`${secretFile}.new`, secretFile)
  await send(message, signal)
  t.equal(posted[1]?.headers['webhook-signature'], signed(next, '1795425242'))
  rmSync(secretFile)
  await t.rejects(send(message, signal), { message: /ENOENT/ })
  t.equal(posted.length, 2, 'nothing is posted without a signature')
})

for (const status of [200, 201, 202, 204]) {
  t.test(`${status} means that it was taken`, async (t) => {
    const { url } = await startReceiver(t, (response) => void response.writeHead(status).end())
    await poster(t, url).send(message, signal)
    t.pass()
  })
}

const refusals = [
  [301, 'answered 301; redirects are not followed', true],
  [307, 'answered 307; redirects are not followed', true],
  [400, 'answered 400', true],
  [401, 'answered 401', true],
  [404, 'answered 404', true],
  [410, 'answered 410', true],
  [413, 'answered 413', true],
  [408, 'answered 408', false],
  [429, 'answered 429', false],
  [500, 'answered 500', false],
  [503, 'answered 503', false],
] as const

for (const [status, words, isRefusal] of refusals) {
  t.test(`${status} means that it was not taken`, async (t) => {
    const { url, posted } = await startReceiver(t, (response) => {
      response.writeHead(status, { location: '/elsewhere', 'retry-after': '7' }).end('a secret')
    })
    await t.rejects(poster(t, `${url}/part-of-a-secret`).send(message, signal), {
      name: 'DeliveryFailure',
      message: `${new URL(url).origin} ${words}`,
      isRefusal,
      retryAfterMs: isRefusal ? undefined : 7_000,
    })
    t.equal(posted.length, 1)
  })
}

const waits: Record<string, number | undefined> = {
  '120': 120_000,
  '0': 0,
  'Mon, 23 Nov 2026 09:15:02 GMT': 59_887,
  'Mon, 23 Nov 2026 09:00:00 GMT': 0,
  soon: undefined,
  '1e3': undefined,
  '': undefined,
}

for (const [header, retryAfterMs] of Object.entries(waits)) {
  t.test(`retry-after: ${header || 'nothing'}`, async (t) => {
    const { url } = await startReceiver(t, (response) => {
      response.writeHead(503, { 'retry-after': header }).end()
    })
    const failure = await poster(t, url)
      .send(message, signal)
      .catch((error: unknown) => error)
    t.equal((failure as DeliveryFailure).retryAfterMs, retryAfterMs)
  })
}

t.test('an answer without the header asks for no time', async (t) => {
  const { url } = await startReceiver(t, (response) => void response.writeHead(503).end())
  const failure = await poster(t, url)
    .send(message, signal)
    .catch((error: unknown) => error)
  t.equal((failure as DeliveryFailure).retryAfterMs, undefined)
})

const silent: Answer = () => undefined

t.test('a receiver that does not answer is given up after a time', async (t) => {
  const { url } = await startReceiver(t, silent)
  await t.rejects(poster(t, url, { timeoutMs: 100 }).send(message, signal), {
    name: 'DeliveryFailure',
    message: `${new URL(url).origin} did not answer within 0.1 s`,
  })
})

t.test('a receiver that does not answer is given up when that is told', async (t) => {
  const { url, posted } = await startReceiver(t, silent)
  const controller = new AbortController()
  const sending = poster(t, url).send(message, controller.signal)
  const rejected = t.rejects(sending, { message: `${new URL(url).origin}: the end` })
  await until(() => posted.length > 0)
  controller.abort(new Error('the end'))
  await rejected
})

t.test('what a receiver says after its status does not matter, nor whether it ends', async (t) => {
  const { url } = await startReceiver(t, (response) => void response.writeHead(200).write('…'))
  await poster(t, url, { timeoutMs: 100 }).send(message, signal)
  t.pass()
})

t.test('an answer without end is not read to its end', async (t) => {
  const closed = Promise.withResolvers<void>()
  const { url } = await startReceiver(t, (response) => {
    const pump = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(16_384, 'x')));
    }
    response.on('drain', pump)
    response.on('close', closed.resolve)
    pump()
  })
  await poster(t, url).send(message, signal)
  await closed.promise
  t.pass()
})

t.test('a receiver that is away is named without what its path may hold', async (t) => {
  const { url } = await startReceiver(t, (response) => response.destroy())
  const problem = await poster(t, `${url}/part-of-a-secret`)
    .send(message, signal)
    .then(String, String)
  t.ok(problem.startsWith(`DeliveryFailure: ${new URL(url).origin}: `), problem)
  t.notMatch(problem, /part-of-a-secret/)
})

t.test(
  'the certificate must chain to the authority of the settings, which may change',
  async (t) => {
    const { cert, key } = await makeCertificate()
    const server = createServer({ cert, key }, (_, response) => void response.end()).listen(0)
    await once(server, 'listening')
    t.teardown(() => {
      server.closeAllConnections()
      server.close()
    })
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const notTrusted = { message: /self-signed certificate/ }
    await t.rejects(poster(t, url).send(message, signal), notTrusted)
    const caFile = join(t.testdir({ ca: (await makeCertificate()).cert }), 'ca')
    const { send } = poster(t, url, { caFile })
    await t.rejects(send(message, signal), notTrusted)
    writeFileSync(caFile, cert)
    await send(message, signal)
    await send(message, signal)
  },
)
