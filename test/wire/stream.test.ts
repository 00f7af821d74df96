import t from 'tap'
import { Stream } from '../../src/wire/stream.ts'

t.test('a stream starts with its windows and with nothing queued', async (t) => {
  const stream = new Stream(7, 10, 20)
  t.same([stream.id, stream.sendWindow, stream.receiveWindow], [7, 10, 20])
  t.same([stream.queue, stream.queuedBytes, stream.lengthDeclared], [undefined, 0, -1])
})
