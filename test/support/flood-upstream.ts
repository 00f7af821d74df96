import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { answerBytesName } from './flood-attacks.ts'
import { outsideTap, root } from './outside-tap.ts'
import { frameOf } from './raw-http2.ts'

/** Starts an upstream in a process of its own: what attackers make it do must not hold up those who measure. */
export async function startFloodUpstream() {
  const [env, ...flags] = outsideTap
  const run = [...flags, process.execPath, `${root}test/support/flood-upstream.ts`]
  const child = spawn(env, run, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [port] = (await once(child.stdout, 'data')) as [Buffer]
  return { address: `127.0.0.1:${String(port).trim()}`, close: () => child.kill('SIGKILL') }
}

/** Answers everything at once, with as many bytes as were asked for. */
async function serve(): Promise<number> {
  // It bears 1,000 resets at once and 33 a second, then ends the connection with all calls on it. Answers that
  // nobody reads pile up here, where they belong: of 10 MB, as is usual, it would lose the connection as well.
  const server = createServer({ maxSessionMemory: 1_000 })
  server.on('session', (session) => session.on('error', () => undefined))
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined)
    stream.resume()
    const bytes = Number(headers[answerBytesName] ?? 100)
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }))
    stream.end(frameOf(Buffer.alloc(bytes)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

if (import.meta.main) console.log(await serve())
