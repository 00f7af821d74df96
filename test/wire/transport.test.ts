import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { ReadGroup } from '../../src/wire/read-turns.ts'
import { Transport, type TransportLimits, type TransportParts } from '../../src/wire/transport.ts'
import { until } from '../support/audit-files.ts'

const roomy = { pausedAboveBytes: 1e6, stoppedAboveBytes: 2e6, unreadMaxMs: 60_000 }

/** A transport on one end of a socket; the other end is for the test. */
async function start(
  t: Test,
  limits: TransportLimits = roomy,
  more: Pick<TransportParts, 'turns'> = {},
) {
  const server = createServer({ noDelay: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const other = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = (await once(server, 'connection')) as [Socket]
  const log: string[] = []
  const output: Buffer[] = []
  const received: Buffer[] = []
  const unsent: number[] = []
  const closed = Promise.withResolvers<string | undefined>()
  const connection = {
    isClosed: false,
    work: 0,
    receive: (chunk: Buffer, _now?: number, _workMax?: number): Buffer | undefined => {
      received.push(Buffer.from(chunk))
      return undefined
    },
    takeOutput: () => output.splice(0),
    pause: () => void log.push('pause'),
    resume: () => void log.push('resume'),
  }
  const transport = new Transport({
    socket,
    connection,
    limits,
    onUnsent: (bytes) => void unsent.push(bytes),
    onUnread: () => void log.push('unread'),
    onClosed: closed.resolve,
    ...more,
  })
  other.on('error', () => undefined)
  t.teardown(() => {
    other.destroy()
    socket.destroy()
    server.close()
  })
  const heard = () => Buffer.concat(received).toString()
  return {
    transport,
    connection,
    socket,
    other,
    output,
    log,
    unsent,
    heard,
    closed: closed.promise,
  }
}

/** Everything that comes, until it ends. */
async function read(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

t.test('bytes go in, and what was written goes out in its order', async (t) => {
  const { transport, other, output, heard, closed } = await start(t)
  other.write('hello')
  await until(() => heard() === 'hello')
  output.push(Buffer.from('a'), Buffer.from('b'))
  transport.wake()
  transport.wake()
  await once(other, 'readable')
  t.equal(String(other.read()), 'ab')
  output.push(Buffer.from('c'))
  transport.end()
  transport.end()
  t.equal(await read(other), 'c')
  t.equal(await closed, undefined)
})

t.test('the last words of a connection that failed are read, then it is cut', async (t) => {
  const { transport, connection, other, output, closed, heard } = await start(t)
  other.allowHalfOpen = true
  output.push(Buffer.from('GOAWAY'))
  connection.isClosed = true
  transport.wake()
  const answer = await read(other)
  t.equal(answer, 'GOAWAY')
  output.push(Buffer.from('too late'))
  transport.receive(Buffer.from('thrown away'))
  transport.flush()
  t.same([output.length, heard()], [0, ''])
  t.equal(await closed, undefined, 'though the other side does not hang up')
  transport.wake()
  transport.flush()
})

t.test('who does not read holds back what is sent, then is not read from', async (t) => {
  const limits = { ...roomy, pausedAboveBytes: 0, stoppedAboveBytes: 0 }
  const { transport, socket, other, output, log, unsent } = await start(t, limits)
  output.push(Buffer.alloc(16e6))
  transport.wake()
  await until(() => log.length > 0)
  t.same(log, ['pause'])
  t.equal(socket.isPaused(), true)
  t.ok(transport.unsentBytes > 0)
  t.same(unsent, [transport.unsentBytes], 'which is told')
  transport.wake()
  other.resume()
  await until(() => log.length > 1)
  t.same(log, ['pause', 'resume'])
  t.equal(unsent.at(-1), 0)
  t.equal(socket.isPaused(), false)
})

t.test('a drain after little was held back changes nothing', async (t) => {
  const { socket, log } = await start(t)
  socket.emit('drain')
  t.same(log, [])
})

t.test('who reads nothing for too long is cut', async (t) => {
  const { transport, output, closed, log } = await start(t, {
    ...roomy,
    pausedAboveBytes: 0,
    unreadMaxMs: 20,
  })
  output.push(Buffer.alloc(16e6))
  transport.wake()
  t.equal(await closed, 'the other side does not read')
  t.same(log, ['pause', 'unread'])
})

t.test('a drain while hanging up does not extend the time to hang up', async (t) => {
  const { transport, socket, other, output, closed, log } = await start(t, {
    ...roomy,
    unreadMaxMs: 20,
  })
  output.push(Buffer.alloc(16e6))
  transport.end()
  await until(() => socket.writableEnded)
  socket.emit('drain')
  t.equal(await closed, undefined)
  t.same(log, ['unread'])
  other.destroy()
})

t.test('the other side may hang up, and what is written then is no error', async (t) => {
  const { transport, other, output, socket, closed } = await start(t)
  socket.once('end', () => {
    output.push(Buffer.from('late'))
    transport.wake()
  })
  other.end()
  other.resume()
  t.equal(await closed, undefined)
})

t.test('why a connection was lost is told', async (t) => {
  const one = await start(t)
  one.transport.destroy('not needed')
  t.equal(await one.closed, 'not needed')
  const two = await start(t)
  two.socket.destroy(new Error('broken'))
  t.equal(await two.closed, 'broken')
})

/** A transport whose connection looks at so many bytes at a time, as if each were much work. */
async function startInTurns(t: Test, bytesAtATime: number, limits?: TransportLimits) {
  const waiting: number[] = []
  const works: number[] = []
  const onWaiting = (bytes: number) => void waiting.push(bytes)
  const started = await start(t, limits, { turns: { group: new ReadGroup(), onWaiting } })
  const { connection } = started
  const { receive } = connection
  connection.receive = (chunk, _now, workMax) => {
    works.push(Number(workMax))
    connection.work += 8
    receive(chunk.subarray(0, bytesAtATime))
    return chunk.length > bytesAtATime ? chunk.subarray(bytesAtATime) : undefined
  }
  return { ...started, waiting, works }
}

t.test('what is much work is done in turns, in its order, and nothing is lost', async (t) => {
  const { other, heard, waiting, works } = await startInTurns(t, 7)
  const sent = Array.from({ length: 300 }, (_, index) => `${index} `).join('')
  other.write(sent.slice(0, 100))
  await until(() => heard().length >= 100)
  other.write(sent.slice(100))
  await until(() => heard() === sent)
  t.ok(Number(waiting[0]) >= 93, 'what is left counts')
  t.equal(waiting.at(-1), 0, 'and nothing waits any more')
  t.ok(works.every((work) => work > 0 && work < Infinity))
})

t.test('what is handed over while bytes wait comes behind them', async (t) => {
  const { transport, other, heard } = await startInTurns(t, 2)
  transport.receive(Buffer.from('abcd'))
  transport.receive(Buffer.from('efg'))
  await until(() => heard() === 'abcdefg')
  other.write('hij')
  await until(() => heard() === 'abcdefghij')
})

t.test('what waits is not looked at once the connection is over', async (t) => {
  const { transport, other, heard, waiting, closed } = await startInTurns(t, 1)
  other.resume()
  transport.receive(Buffer.from('abc'))
  transport.end()
  transport.flush()
  other.end()
  await closed
  t.equal(heard(), 'a')
  t.equal(waiting.at(-1), 0)
})

t.test('a socket that is to be left alone is not read because bytes had their turn', async (t) => {
  const limits = { ...roomy, pausedAboveBytes: 10, stoppedAboveBytes: 20 }
  const { transport, socket, other, output, heard } = await startInTurns(t, 1, limits)
  // More than the buffers of two sockets hold.
  output.push(Buffer.alloc(16e6))
  transport.receive(Buffer.from('ab'))
  await until(() => heard() === 'ab')
  t.ok(socket.isPaused())
  other.resume()
  await until(() => !socket.isPaused())
})

t.test('while bytes wait, a socket that has room again is still not read', async (t) => {
  const limits = { ...roomy, pausedAboveBytes: 10, stoppedAboveBytes: 20 }
  const { transport, socket, other, output, heard } = await startInTurns(t, 1, limits)
  output.push(Buffer.alloc(16e6))
  transport.wake()
  await until(() => socket.isPaused())
  transport.receive(Buffer.alloc(50, 'x'))
  socket.emit('drain')
  t.ok(socket.isPaused())
  await until(() => heard().length === 50)
  other.resume()
  await until(() => !socket.isPaused())
})

t.test('many small pieces in one turn are no way around it', async (t) => {
  const { transport, heard, waiting } = await startInTurns(t, 1)
  const text = 'abcdefghijklmnop'
  for (const letter of text) transport.receive(Buffer.from(letter))
  t.equal(heard(), 'abcd', 'each costs a quarter of what may be done at once')
  t.equal(waiting.at(-1), text.length - 4)
  await until(() => heard() === text)
})
