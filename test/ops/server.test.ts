import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { createOpsServer, type OpsParts } from '../../src/ops/server.ts'

async function start(t: Test, others: Partial<OpsParts> = {}) {
  const server = createOpsServer({
    host: '127.0.0.1',
    port: 0,
    checks: [],
    policy: () => ({ hash: 'sha256:one' }),
    metrics: { render: async () => 'sallyport_info 1\n', contentType: 'text/plain; version=0.0.4' },
    ...others,
  })
  const { host, port } = await server.start()
  t.teardown(server.stop)
  return { server, port, host, url: `http://127.0.0.1:${port}` }
}

t.test('a process that answers is alive, whatever its troubles', async (t) => {
  const { url, host } = await start(t, { checks: [{ name: 'a', trouble: () => 'ill' }] })
  const response = await fetch(`${url}/livez`)
  t.equal(response.status, 200)
  t.same(await response.json(), { status: 'alive' })
  t.equal(host, '127.0.0.1')
})

t.test('readiness follows the checks', async (t) => {
  let trouble: string | undefined = 'the disk is full'
  const { url } = await start(t, { checks: [{ name: 'journal', trouble: () => trouble }] })
  const ill = await fetch(`${url}/readyz`)
  t.equal(ill.status, 503)
  t.match(await ill.json(), { ready: false, checks: [{ detail: 'the disk is full' }] })
  trouble = undefined
  const well = await fetch(`${url}/readyz`)
  t.equal(well.status, 200)
  t.match(await well.json(), { ready: true })
})

t.test('readiness says which policy is in force', async (t) => {
  let hash = 'sha256:one'
  const { url } = await start(t, { policy: () => ({ hash }) })
  t.match(await (await fetch(`${url}/readyz`)).json(), { ready: true, policy_hash: 'sha256:one' })
  hash = 'sha256:two'
  t.match(await (await fetch(`${url}/readyz`)).json(), { policy_hash: 'sha256:two' })
})

t.test('metrics are text of the type that they say', async (t) => {
  const { url } = await start(t)
  const response = await fetch(`${url}/metrics`)
  t.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4')
  t.equal(await response.text(), 'sallyport_info 1\n')
})

t.test('nothing else is there', async (t) => {
  const { url } = await start(t)
  t.equal((await fetch(`${url}/`)).status, 404)
  t.equal((await fetch(`${url}/readyz`, { method: 'POST' })).status, 404)
})

t.test('an address that is taken is an error that names it', async (t) => {
  const { port } = await start(t)
  const metrics = { render: async () => '', contentType: '' }
  const parts = { checks: [], policy: () => ({ hash: 'sha256:one' }), metrics }
  const second = createOpsServer({ host: '127.0.0.1', port, ...parts })
  await t.rejects(second.start(), { code: 'EADDRINUSE', port })
  await second.stop()
})

t.test('stopping cuts connections that are open', async (t) => {
  const { server, port } = await start(t)
  const socket = connect(port, '127.0.0.1').resume()
  await once(socket, 'connect')
  const closed = once(socket, 'close')
  await server.stop()
  await closed
  const [error] = await once(connect(port, '127.0.0.1'), 'error')
  t.equal(error.code, 'ECONNREFUSED')
})

t.test('what is plugged in has its routes beside those for operators', async (t) => {
  const { url } = await start(t, {
    plugins: [
      (app, _options, done) => {
        app.get('/review', () => 'a page')
        done()
      },
    ],
  })
  t.equal(await (await fetch(`${url}/review`)).text(), 'a page')
  t.equal((await fetch(`${url}/livez`)).status, 200)
})
