import { createServer, type AddressInfo } from 'node:net'
import type { Stream } from '../../src/wire/stream.ts'
import { pollPath, startedAnswer } from './calls.ts'
import { createWireEnd } from './wire-end.ts'

/**
 * Stands in for Temporal's frontend: answers a start as soon as all of it is there, and keeps polls. A
 * process of its own, which tells how many calls it has had whenever it is asked.
 */

/** What the stand-in says of itself. */
export interface StandInCounts {
  readonly port: number
  readonly answered: number
  readonly held: number
  readonly bytes: number
}

const head = [':status', '200', 'content-type', 'application/grpc']
const trailers = ['grpc-status', '0']
const answer = startedAnswer()
let answered = 0
let held = 0
let bytes = 0

const server = createServer((socket) => {
  const finish = (stream: Stream<undefined>) => {
    answered += 1
    connection.sendHead(stream, head, false)
    connection.sendData(stream, answer)
    connection.sendEnd(stream, trailers)
  }
  const polls = new Set<number>()
  const over = (stream: Stream<undefined>) => {
    if (polls.delete(stream.id)) held -= 1
  }
  const { connection } = createWireEnd<undefined>({
    socket,
    role: 'server',
    onClosed: () => {
      held -= polls.size
      polls.clear()
    },
    handler: {
      onHead(stream, list) {
        if (list[list.indexOf(':path') + 1] !== pollPath) return
        polls.add(stream.id)
        held += 1
      },
      onData(stream, part, ends) {
        bytes += part.length
        connection.consume(stream, part.length)
        if (ends && !polls.has(stream.id)) finish(stream)
      },
      onReset: over,
      onSettled: over,
    },
  })
})
// nginx opens a connection for each poll, thousands at once.
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => {
  const { port } = server.address() as AddressInfo
  const tell = () => process.send?.({ port, answered, held, bytes } satisfies StandInCounts)
  process.on('message', tell)
  tell()
})
process.on('disconnect', () => process.exit())
