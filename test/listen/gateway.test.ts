import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http2'
import { request as requestHttps } from 'node:https'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import type { Answer } from '../../src/core/answer.ts'
import type { ListenLimits } from '../../src/config/settings.ts'
import type { Arrival } from '../../src/listen/arrival.ts'
import { createGateway, type GatewayParts } from '../../src/listen/gateway.ts'
import { keptLog, until } from '../support/audit-files.ts'
import { limitsWith } from '../support/limits.ts'
import { makeCertificate } from '../support/certificate.ts'
import { ask, connectRaw, openStream } from '../support/raw-http2.ts'
import { whenGone } from '../support/recorded-answer.ts'

const { cert, key } = await makeCertificate()
const words = (blocks: readonly { readonly headers: object }[]) =>
  blocks.map(({ headers }) => headers)

/** Answers that it was here, with the path it was called by. */
async function greet(arrival: Arrival, answer: Answer): Promise<void> {
  await arrival.readMessage()
  answer.sendStatus({ code: 0, words: `here: ${arrival.path}`, trailers: [] })
}

async function startGateway(
  t: Test,
  others: Partial<GatewayParts> & {
    readonly tls?: boolean
    readonly limits?: Partial<ListenLimits>
  } = {},
) {
  const { log, lines } = keptLog()
  const observed: string[] = []
  const directory = t.testdir({ 'tls.crt': cert, 'tls.key': key })
  const files = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') }
  const gateway = createGateway({
    listen: {
      host: '127.0.0.1',
      port: 0,
      tls: others.tls ? files : undefined,
      limits: limitsWith(others.limits),
    },
    observe: (reason) => observed.push(reason),
    handle: greet,
    isServing: () => true,
    log,
    ...others,
  })
  const { port } = await gateway.start()
  t.teardown(gateway.stop)
  const scheme = others.tls ? 'https' : 'http'
  const session = await connectRaw(t, `${scheme}://127.0.0.1:${port}`, { ca: cert })
  return { gateway, port, lines, session, directory, observed }
}

for (const tls of [true, false]) {
  void t.test(`gRPC comes to the handler, ${tls ? 'over TLS' : 'in plaintext'}`, async (t) => {
    const { session } = await startGateway(t, { tls })
    for (const type of ['application/grpc', 'application/grpc+proto', 'application/grpc; x=y']) {
      const { blocks } = await ask(session, { 'content-type': type })
      t.match(words(blocks), [{ 'grpc-status': '0', 'grpc-message': 'here: /x/Y' }], type)
    }
  })

  void t.test(`health is told without a token, ${tls ? 'over TLS' : 'in plaintext'}`, async (t) => {
    let isServing = true
    const handle = async () => t.fail('health is no call')
    const parts = { tls, isServing: () => isServing, handle: handle as never }
    const { session } = await startGateway(t, parts)
    const check = () => ask(session, { ':path': '/grpc.health.v1.Health/Check' })
    t.same((await check()).body.subarray(5), Uint8Array.of(8, 1))
    isServing = false
    t.same((await check()).body.subarray(5), Uint8Array.of(8, 2))
  })
}

void t.test('one port speaks h2 and HTTP/1.1, and calls are made over h2 only', async (t) => {
  const { port } = await startGateway(t, { tls: true })
  const offer = async (...ALPNProtocols: string[]) => {
    const socket = connectTls({ port, host: '127.0.0.1', ca: cert, ALPNProtocols })
    await once(socket, 'secureConnect')
    socket.destroy()
    return socket.alpnProtocol
  }
  t.equal(await offer('http/1.1', 'h2'), 'h2')
  t.equal(await offer('http/1.1'), 'http/1.1')
  const request = requestHttps({
    port,
    host: '127.0.0.1',
    ca: cert,
    path: '/x/Y',
    headers: { 'content-type': 'application/grpc' },
  })
  request.end()
  const [response] = await once(request, 'response')
  t.equal(response.statusCode, 404)
  t.match(JSON.parse(await text(response)), { code: 12, message: /speaks gRPC/ })
})

const others: Readonly<Record<string, readonly [headers: OutgoingHttpHeaders, status: number]>> = {
  'a page': [{ ':method': 'GET', ':path': '/', 'content-type': undefined }, 405],
  JSON: [{ 'content-type': 'application/json' }, 415],
  'gRPC-Web': [{ 'content-type': 'application/grpc-web' }, 415],
  'gRPC-Web in text': [{ 'content-type': 'application/grpc-web-text' }, 415],
  'gRPC with JSON': [{ 'content-type': 'application/grpc+json' }, 415],
  'a type that begins like gRPC': [{ 'content-type': 'application/grpcx' }, 415],
  'a type with a tab in it': [{ 'content-type': 'application/grpc\t;x' }, 415],
  'GET with the type of gRPC': [{ ':method': 'GET' }, 405],
  'HEAD with the type of gRPC': [{ ':method': 'HEAD' }, 405],
}

for (const [name, [headers, status]] of Object.entries(others)) {
  void t.test(`${name} is answered ${status}, and is no call`, async (t) => {
    const handle = async () => void t.fail('it is no call')
    const { session } = await startGateway(t, { handle })
    const body = headers['content-type'] !== 'application/json' ? undefined : Buffer.from('{}')
    const answer = await ask(session, headers, body)
    t.match(words(answer.blocks), [{ ':status': status }])
  })
}

const paths = ['/', '//x/Y', '/x/Y?z', '/x%2FY', '/x/../y', `/${'x'.repeat(30_000)}`]

for (const path of paths) {
  void t.test(`the path ${path.slice(0, 20)} comes to the handler as it is`, async (t) => {
    const { session } = await startGateway(t)
    const { blocks } = await ask(session, { ':path': path })
    t.match(words(blocks), [{ 'grpc-message': `here: ${path.replaceAll('%', '%25')}` }])
  })
}

for (const [name, handle] of [
  ['rejects', () => Promise.reject(new Error('a bug'))],
  [
    'throws',
    () => {
      throw new Error('a bug')
    },
  ],
] as const) {
  void t.test(`a handler that ${name} is logged, and the caller may try again`, async (t) => {
    const { session, lines } = await startGateway(t, { handle })
    const { blocks } = await ask(session, { authorization: 'Bearer secret-token' })
    t.match(words(blocks), [{ 'grpc-status': '14', 'grpc-message': 'the call failed here' }])
    t.match(lines(), [{ level: 'error', err: { message: 'a bug' }, path: '/x/Y' }])
    t.notMatch(JSON.stringify(lines()), 'secret-token')
  })
}

void t.test('a header list holds a token of 16 KiB', async (t) => {
  const { session } = await startGateway(t)
  const { blocks } = await ask(session, { authorization: `Bearer ${'a'.repeat(16 * 1024)}` })
  t.match(words(blocks), [{ 'grpc-status': '0' }])
})

void t.test('new connections get a certificate that was renewed', async (t) => {
  const { port, directory, lines } = await startGateway(t, { tls: true })
  const next = await makeCertificate()
  writeFileSync(join(directory, 'tls.key'), next.key)
  writeFileSync(join(directory, 'tls.crt'), next.cert)
  const isRenewed = async () => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { raw } = socket.getPeerCertificate()
    socket.destroy()
    return next.cert.includes(raw.toString('base64').slice(0, 60))
  }
  await until(isRenewed)
  t.match(lines().at(-1), { msg: 'the certificate was reloaded' })
})

void t.test('at the end a call may end, and no connection is taken any more', async (t) => {
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: allowed, resolve: allow } = Promise.withResolvers<void>()
  const handle = async (arrival: Arrival, answer: Answer) => {
    ask()
    await allowed
    await greet(arrival, answer)
  }
  const { gateway, session, port } = await startGateway(t, { handle })
  const { stream, answer } = openStream(session)
  stream.end(Buffer.alloc(5))
  await asked
  const told = once(session, 'goaway')
  const stopped = gateway.stop()
  await told
  allow()
  t.match(words((await answer).blocks), [{ 'grpc-status': '0' }])
  await stopped
  const late = connectTcp(port, '127.0.0.1')
  const [error] = await once(late, 'error')
  t.equal(error.code, 'ECONNREFUSED')
})

for (const tls of [true, false]) {
  void t.test(`connections that stay are cut, ${tls ? 'over TLS' : 'in plaintext'}`, async (t) => {
    const { promise: gone, resolve } = Promise.withResolvers<void>()
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    const handle = async (_arrival: Arrival, answer: Answer) => {
      whenGone(answer, resolve)
      arrive()
    }
    const { gateway, session, port } = await startGateway(t, { tls, handle })
    openStream(session).stream.write('half')
    const silent = connectTcp(port, '127.0.0.1').resume()
    const cut = once(silent, 'close')
    await arrived
    await once(silent, 'connect')
    await gateway.stop()
    await Promise.all([gone, cut])
    t.ok(session.destroyed || session.closed)
  })
}

void t.test('an address that is taken is an error, and nothing stays open', async (t) => {
  const { port } = await startGateway(t)
  const { log } = keptLog()
  const listen = { host: '127.0.0.1', port, tls: undefined, limits: limitsWith() }
  const second = createGateway({ listen, handle: greet, isServing: () => true, log })
  await t.rejects(second.start(), { code: 'EADDRINUSE', port })
  await second.stop()
})

void t.test('a certificate that cannot be read stops the start', async (t) => {
  const directory = t.testdir()
  const tls = { certFile: join(directory, 'none.crt'), keyFile: join(directory, 'none.key') }
  const listen = { host: '127.0.0.1', port: 0, tls, limits: limitsWith() }
  const { log } = keptLog()
  t.throws(() => createGateway({ listen, handle: greet, isServing: () => true, log }), /none\.crt/)
})

for (const tls of [true, false]) {
  void t.test(
    `a caller who says nothing is cut, ${tls ? 'over TLS' : 'in plaintext'}`,
    async (t) => {
      const { port, observed } = await startGateway(t, { tls, limits: { greetingMaxMs: 1_000 } })
      const silent = connectTcp(port, '127.0.0.1')
      await once(silent.resume(), 'close')
      await until(() => observed.length > 0)
      t.same(observed, ['greeting'])
    },
  )
}

void t.test('a caller who stops in the middle of its preface or after it is cut', async (t) => {
  const { port, observed, lines } = await startGateway(t, { limits: { greetingMaxMs: 1_000 } })
  for (const preface of ['PRI * HTTP/2.0', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n']) {
    const half = connectTcp(port, '127.0.0.1')
    half.write(preface)
    await once(half.resume(), 'close')
  }
  t.same(observed, ['greeting', 'greeting'])
  t.match(lines(), [{ level: 'debug', reason: 'greeting', msg: 'a caller was cut off' }])
})

void t.test(
  'HTTP/1.1 in plaintext is answered, and a slow request is not waited for',
  async (t) => {
    const { port } = await startGateway(t)
    const socket = connectTcp(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n')
    t.match(await text(socket), /^HTTP\/1.1 404[^]*speaks gRPC/)
    const slow = connectTcp(port, '127.0.0.1')
    slow.write('GET / HTTP/1.1\r\nhost:')
    t.match(await text(slow), /^HTTP\/1.1 408/)
  },
)

void t.test('connections beyond the limit are cut, and counted while they last', async (t) => {
  const limits = { connectionsPerPeerMax: 2 }
  const { port, observed, gateway, session } = await startGateway(t, { limits })
  const second = connectTcp(port, '127.0.0.1')
  await once(second, 'connect')
  const third = connectTcp(port, '127.0.0.1')
  third.on('error', () => undefined)
  await once(third.resume(), 'close')
  t.same(observed, ['connections_per_peer'])
  openStream(session)
  await until(() => gateway.state().streams === 1)
  t.match(gateway.state(), { connections: 2, streams: 1 })
  t.ok(gateway.state().bufferedBytes > 8_192, 'a call is held')
  second.destroy()
  await until(() => gateway.state().connections === 1)
})

void t.test('nobody has to count what is cut', async (t) => {
  const { log } = keptLog()
  const limits = limitsWith({ connectionsMax: 1 })
  const listen = { host: '127.0.0.1', port: 0, tls: undefined, limits }
  const gateway = createGateway({ listen, handle: greet, isServing: () => true, log })
  const { port } = await gateway.start()
  t.teardown(gateway.stop)
  const [first, second] = [connectTcp(port, '127.0.0.1'), connectTcp(port, '127.0.0.1')]
  second?.on('error', () => undefined)
  await once(second?.resume() as never, 'close')
  first?.destroy()
  t.pass()
})

void t.test('a TLS handshake that goes wrong is no matter', async (t) => {
  const { port, observed } = await startGateway(t, { tls: true })
  const socket = connectTcp(port, '127.0.0.1')
  socket.write('this is no TLS at all, not in the least')
  socket.on('error', () => undefined)
  await once(socket.resume(), 'close')
  t.same(observed, [])
})
