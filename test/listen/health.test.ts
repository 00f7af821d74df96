import t from 'tap'
import { createAnswer } from '../../src/listen/answer.ts'
import { answerHealth, healthCheckPath } from '../../src/listen/health.ts'
import { ask, frameOf, openStream, startRawServer } from '../support/raw-http2.ts'

for (const [isServing, status] of [
  [true, 1],
  [false, 2],
] as const) {
  void t.test(`serving: ${isServing} is told as status ${status}`, async (t) => {
    const session = await startRawServer(t, (request, response) =>
      answerHealth(request, createAnswer(response), isServing),
    )
    const { blocks, body } = await ask(session, { ':path': healthCheckPath })
    t.same(body, frameOf(Uint8Array.of(8, status)))
    t.match(blocks[1]?.headers, { 'grpc-status': '0' })
  })
}

void t.test('the body is let go, so that it cannot hold the connection up', async (t) => {
  const session = await startRawServer(t, (request, response) =>
    answerHealth(request, createAnswer(response), true),
  )
  const { stream, answer } = openStream(session)
  stream.end(Buffer.alloc(1024 * 1024))
  t.equal((await answer).blocks.length, 2)
})
