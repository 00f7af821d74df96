import { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { listenFor, type Spoken } from '../../src/listen/spoken.ts'
import { clientPreface } from '../../src/wire/frames/codes.ts'

/** What is found from bytes that come in these parts, and how many parts that took. */
function found(...parts: Buffer[]) {
  const socket = Object.assign(new EventEmitter(), { isPaused: false, pause: () => undefined })
  const all: Spoken[] = []
  listenFor(socket as unknown as Socket, (spoken) => all.push(spoken))
  let used = 0
  for (const part of parts) {
    if (all.length === 0) used += 1
    socket.emit('data', part)
  }
  return { all, used }
}

const bytewise = (bytes: Buffer) => [...bytes].map((byte) => Buffer.of(byte))

void t.test('the preface of HTTP/2 is known wherever it is split', async (t) => {
  const whole = Buffer.concat([clientPreface, Buffer.from('more')])
  t.same(found(whole).all, [{ protocol: 'h2', first: whole }])
  const { all, used } = found(...bytewise(whole))
  t.same(all, [{ protocol: 'h2', first: clientPreface }])
  t.equal(used, clientPreface.length)
})

void t.test('HTTP/1.1 is known by its first byte that is no preface', async (t) => {
  const get = Buffer.from('GET / HTTP/1.1\r\n\r\n')
  t.same(found(get).all, [{ protocol: 'http/1.1', first: get }])
  t.equal(found(...bytewise(get)).used, 1)
  const { all, used } = found(...bytewise(Buffer.from('PRI * HTTP/1.1\r\n')))
  t.match(all, [{ protocol: 'http/1.1' }])
  t.equal(used, 12)
})

void t.test('a preface that is not all there is waited for', async (t) => {
  t.same(found(clientPreface.subarray(0, 23)).all, [])
})
