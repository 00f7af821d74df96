import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { Agent } from 'undici'
import { fetchDocument } from '../../src/identify/fetch-document.ts'

async function serve(t: Test, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const dispatcher = new Agent()
  t.teardown(async () => {
    await dispatcher.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/document`
  const fetch = (signal = new AbortController().signal) =>
    fetchDocument({ url, dispatcher, signal })
  return { url, fetch }
}

void t.test('answers the body, and has asked caches not to', async (t) => {
  const seen: unknown[] = []
  const { fetch } = await serve(t, (request, response) => {
    seen.push(request.method, request.headers['cache-control'], request.headers.accept)
    response.write('{"n":')
    response.end('"Ünïcode"}')
  })
  t.equal(await fetch(), '{"n":"Ünïcode"}')
  t.same(seen, ['GET', 'no-cache', 'application/json'])
})

for (const status of [201, 204, 301, 302, 307, 404, 500, 503]) {
  void t.test(`a status of ${status} is an error, and a redirect is not followed`, async (t) => {
    let requests = 0
    const { url, fetch } = await serve(t, (_, response) => {
      requests++
      response.writeHead(status, { location: '/elsewhere' }).end(status === 204 ? '' : 'body')
    })
    await t.rejects(fetch(), { message: `${url} answered ${status}; only 200 is accepted` })
    t.equal(requests, 1)
  })
}

void t.test('256 KiB are read, and one byte more is an error', async (t) => {
  const limit = 256 * 1024
  let size = limit
  const { url, fetch } = await serve(t, (_, response) => void response.end('x'.repeat(size)))
  t.equal((await fetch()).length, limit)
  size = limit + 1
  await t.rejects(fetch(), { message: `${url} answered more than ${limit} bytes` })
})

void t.test('an answer without end is not read to its end', async (t) => {
  const closed = Promise.withResolvers<void>()
  const { fetch } = await serve(t, (_, response) => {
    const pump = (): void => {
      while (response.write(Buffer.alloc(16_384, 'x')));
    }
    response.on('drain', pump).on('close', closed.resolve)
    pump()
  })
  await t.rejects(fetch(), { message: /more than/ })
  await closed.promise
})

void t.test('gives up when told to, before the headers and within the body', async (t) => {
  for (const listener of [
    () => undefined,
    (_, response) => void response.writeHead(200).write('{'),
  ] satisfies RequestListener[]) {
    const asked = Promise.withResolvers<void>()
    const { fetch } = await serve(t, (request, response) => {
      listener(request, response)
      asked.resolve()
    })
    const controller = new AbortController()
    const fetched = fetch(controller.signal)
    await asked.promise
    controller.abort(new Error('late'))
    await t.rejects(fetched, { message: 'late' })
  }
})
