import { connect, createServer, type ClientHttp2Session, type ServerHttp2Session } from 'node:http2'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { until } from './audit-files.ts'
import { encodeRequest, pathOf } from './caller.ts'
import { frameOf } from './raw-http2.ts'

/** An upstream that holds every poll until it is told to let them go. */
export async function startHolding() {
  const sessions = new Set<ServerHttp2Session>()
  const held = new Set<() => void>()
  const server = createServer({ streamResetBurst: 1_000_000, streamResetRate: 1_000_000 })
  server.on('session', (session) => {
    sessions.add(session)
    session.on('error', () => undefined)
    session.on('close', () => sessions.delete(session))
  })
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    stream.resume()
    const answer = () => {
      const head = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '0' }
      if (!stream.destroyed) stream.respond(head, { endStream: true })
    }
    if (!headers[':path']?.includes('Poll')) return answer()
    held.add(answer)
    stream.once('close', () => held.delete(answer))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    address: `127.0.0.1:${port}`,
    held: () => held.size,
    letGo: () => {
      for (const answer of held) answer()
    },
    close: async () => {
      for (const session of sessions) session.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface PollOptions {
  readonly port: number
  readonly tokens: readonly string[]
  readonly connections: number
  readonly pollsPerConnection: number
}

/** Polls like so many workers, over connections that have many of them each. */
export async function startPolls({ port, tokens, connections, pollsPerConnection }: PollOptions) {
  const sessions: ClientHttp2Session[] = []
  let ended = 0
  const statuses: Record<string, number> = {}
  const body = frameOf(
    encodeRequest('PollWorkflowTaskQueue', {
      namespace: 'payments',
      taskQueue: { name: 'ledger' },
      identity: 'worker@runner-7f9c',
    }),
  )
  for (let at = 0; at < connections; at += 1) {
    const session = connect(`http://127.0.0.1:${port}`)
    session.on('error', () => undefined)
    await once(session, 'connect')
    sessions.push(session)
    for (let count = 0; count < pollsPerConnection; count += 1) {
      const stream = session.request({
        ':method': 'POST',
        ':path': pathOf('PollWorkflowTaskQueue'),
        'content-type': 'application/grpc',
        te: 'trailers',
        'user-agent': 'grpc-go/1.70.0',
        'client-name': 'temporal-go',
        'client-version': '1.33.0',
        authorization: `Bearer ${tokens[at % tokens.length]}`,
      })
      stream.on('error', () => undefined)
      stream.on('response', (headers) => {
        const status = String(headers['grpc-status'])
        statuses[status] = (statuses[status] ?? 0) + 1
      })
      stream.on('close', () => (ended += 1))
      stream.resume()
      stream.end(body)
    }
  }
  return {
    statuses,
    ended: () => ended,
    allEnded: () => until(() => ended === connections * pollsPerConnection),
    hangUp: () => {
      for (const session of sessions) session.destroy()
    },
  }
}
