import { once } from 'node:events'
import { createServer, type Http2Server } from 'node:http2'
import { connect, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createSessions, type Sessions } from '../../src/listen/sessions.ts'
import { ask, connectRaw, openStream } from '../support/raw-http2.ts'

async function startServer(t: Test, sessions: Sessions): Promise<Http2Server> {
  const server = createServer((_request, response) => void response.end())
  server.on('session', sessions.add)
  server.on('connection', sessions.addSocket)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return server
}

const portOf = (server: Http2Server) => (server.address() as AddressInfo).port

void t.test('at the end each session is told, and its last stream ends well', async (t) => {
  const sessions = createSessions()
  const server = await startServer(t, sessions)
  const session = await connectRaw(t, `http://127.0.0.1:${portOf(server)}`)
  await ask(session)
  const arrived = once(server, 'stream')
  const { stream, answer } = openStream(session)
  stream.write('half')
  await arrived
  const told = once(session, 'goaway')
  sessions.close()
  t.equal((await told)[0], 0, 'without an error')
  stream.end()
  t.equal((await answer).blocks[0]?.headers[':status'], 200)
  await once(session, 'close')
  t.doesNotThrow(sessions.close, 'a session that is closed is forgotten')
})

void t.test('a session that is silent for too long is closed', async (t) => {
  const server = await startServer(t, createSessions({ silenceMaxMs: 20 }))
  const session = await connectRaw(t, `http://127.0.0.1:${portOf(server)}`)
  await once(session, 'close')
  t.ok(session.closed)
})

void t.test('a session that breaks is closed and harms nobody', async (t) => {
  const server = await startServer(t, createSessions())
  const { promise: broken, resolve } = Promise.withResolvers<void>()
  server.on('session', (session) => session.on('close', resolve))
  const socket = connect(portOf(server), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nthis is no frame at all, and never will be')
  await broken
  t.ok(server.listening)
})

void t.test('cutting ends connections that never became a session too', async (t) => {
  const sessions = createSessions()
  const server = await startServer(t, sessions)
  const accepted = once(server, 'connection')
  const silent = connect(portOf(server), '127.0.0.1')
  silent.on('error', () => undefined)
  const gone = once(silent, 'close')
  await accepted
  sessions.cut()
  silent.resume()
  await gone
  t.doesNotThrow(sessions.cut, 'a connection that is closed is forgotten')
})
