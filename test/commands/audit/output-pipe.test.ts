import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { watchOutput } from '../../../src/commands/audit/output-pipe.ts'

/** A stream that takes one write at a time, when it is told to. */
function slowStream() {
  let take: ((error?: Error) => void) | undefined
  const stream = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => void (take = done),
  })
  return { stream, take: (error?: Error) => take?.(error) }
}

t.test('a slow reader is waited for', async (t) => {
  const { stream, take } = slowStream()
  const output = watchOutput(stream)
  await output.drained()
  stream.write('more than it has room for')
  let isDrained = false
  const drained = output.drained().then(() => (isDrained = true))
  await setImmediate()
  t.notOk(isDrained)
  take()
  await drained
  await output.close()
  t.equal(stream.listenerCount('error'), 0)
})

t.test('a reader that has left is waited for no longer', async (t) => {
  const { stream, take } = slowStream()
  const output = watchOutput(stream)
  stream.write('more than it has room for')
  const drained = output.drained()
  take(Object.assign(new Error('gone'), { code: 'EPIPE' }))
  await drained
  t.ok(output.signal.aborted)
  await output.drained()
  await output.close()
})
