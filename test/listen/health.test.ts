import t from 'tap'
import { answerHealth, healthCheckPath } from '../../src/listen/health.ts'
import { startCallerEnd } from '../support/caller-end.ts'
import { ask, frameOf, openStream } from '../support/raw-http2.ts'

for (const [isServing, status] of [
  [true, 1],
  [false, 2],
] as const) {
  void t.test(`serving: ${isServing} is told as status ${status}`, async (t) => {
    const end = await startCallerEnd(t, {}, ({ answer }) => answerHealth(answer, isServing))
    const { blocks, body } = await ask(await end.session(), { ':path': healthCheckPath })
    t.same(body, frameOf(Uint8Array.of(8, status)))
    t.match(blocks[1]?.headers, { 'grpc-status': '0' })
  })
}

void t.test('the body is let go, so that it cannot hold the connection up', async (t) => {
  const end = await startCallerEnd(t, {}, ({ answer }) => answerHealth(answer, true))
  const { stream, answer } = openStream(await end.session())
  stream.end(Buffer.alloc(1024 * 1024))
  t.equal((await answer).blocks.length, 2)
})
