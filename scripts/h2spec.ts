import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { createGateway } from '../src/listen/gateway.ts'
import { callerLimits } from '../src/listen/limits.ts'
import { createLog } from '../src/log.ts'
import { Connection } from '../src/wire/connection.ts'
import type { Stream } from '../src/wire/stream.ts'
import { Transport } from '../src/wire/transport.ts'
import { makeCertificate } from '../test/support/certificate.ts'
import { limitsWith } from '../test/support/limits.ts'
import { root, runOutsideTap } from '../test/support/outside-tap.ts'
import { quietHandler } from '../test/support/quiet-handler.ts'

/**
 * Runs h2spec: `npm run h2spec`. Once against Sallyport's listener, and once against the wire below it
 * with a server that answers the way h2spec expects of a web server: once the request has ended, and
 * with a body. Both in plaintext and over TLS.
 */

/** What h2spec talks to. */
export const targets = ['listener', 'listener-tls', 'wire', 'wire-tls'] as const
export type Target = (typeof targets)[number]

/** Names of cases, each its section and what it does, by how they went. */
export interface Outcome {
  readonly passed: readonly string[]
  readonly failed: readonly string[]
  readonly skipped: readonly string[]
}

/** For which case a target has what reason not to pass it. */
export type Exceptions = Readonly<Record<Target, Readonly<Record<string, string>>>>

/** Reads the list of what cannot apply. */
export function readExceptions(): Exceptions {
  return JSON.parse(readFileSync(`${root}test/fixtures/h2spec-exceptions.json`, 'utf8'))
}

/** Path of the binary, which is built first where it is not there yet. */
export async function installH2spec(): Promise<string> {
  return (await runOutsideTap(root, 'scripts/install-h2spec.sh')).stdout.trim()
}

/** Runs all cases against a target. */
export async function runH2spec(binary: string, target: Target): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-h2spec-'))
  const server = await start(target, directory)
  try {
    const report = join(directory, 'report.xml')
    const port = ['-h', '127.0.0.1', '-p', String(server.port)]
    const tls = target.endsWith('-tls') ? ['-t', '-k'] : []
    // It exits with 1 where a case fails, which the report tells better.
    const run = [binary, ...port, ...tls, '-P', '/x', '-o', '2', '-j', report]
    await runOutsideTap(root, ...run).catch(() => undefined)
    return readReport(readFileSync(report, 'utf8'))
  } finally {
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Reads a report in the form of JUnit. */
export function readReport(xml: string): Outcome {
  const outcome = { passed: [] as string[], failed: [] as string[], skipped: [] as string[] }
  const cases = /<testcase package="([^"]*)" classname="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g
  for (const [, section, name, result = ''] of xml.matchAll(cases)) {
    const kind = result.includes('<skipped') ? 'skipped' : result.trim() ? 'failed' : 'passed'
    outcome[kind].push(`${section}: ${name?.replaceAll('&#34;', '"')}`)
  }
  return outcome
}

interface Running {
  readonly port: number
  readonly stop: () => Promise<void>
}

async function start(target: Target, directory: string): Promise<Running> {
  const { cert, key } = await makeCertificate()
  const isTls = target.endsWith('-tls')
  if (target.startsWith('wire')) return startWire(isTls ? { cert, key } : undefined)
  const tls = { certFile: join(directory, 'tls.crt'), keyFile: join(directory, 'tls.key') }
  writeFileSync(tls.certFile, cert)
  writeFileSync(tls.keyFile, key)
  const gateway = createGateway({
    listen: { host: '127.0.0.1', port: 0, tls: isTls ? tls : undefined, limits: limitsWith() },
    // h2spec knows nothing of gRPC, and so never comes as far as a call.
    handle: () => Promise.reject(new Error('a call')),
    isServing: () => true,
    log: createLog({ level: 'error', destination: { write: () => undefined } }),
  })
  const { port } = await gateway.start()
  return { port, stop: gateway.stop }
}

async function startWire(tls: { cert: string; key: string } | undefined): Promise<Running> {
  const sockets = new Set<Socket>()
  const take = (socket: Socket) => {
    sockets.add(socket)
    serveWire(socket)
  }
  const server = tls ? createTlsServer({ ...tls, ALPNProtocols: ['h2'] }, take) : createServer(take)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () =>
    new Promise<void>((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    })
  return { port, stop }
}

function serveWire(socket: Socket): void {
  const limits = { ...callerLimits(limitsWith()), streamsMax: 100 }
  const answer = (stream: Stream) => {
    connection.sendHead(stream, [':status', '200'], false)
    connection.sendData(stream, Buffer.from('an answer'))
    connection.sendEnd(stream)
    transport.wake()
  }
  const connection: Connection = new Connection({
    role: 'server',
    limits,
    handler: {
      ...quietHandler,
      onHead: (stream, _list, ends) => ends && answer(stream),
      onData(stream, part, ends) {
        connection.consume(stream, part.length)
        if (ends) answer(stream)
      },
      onTrailers: answer,
    },
  })
  const transport = new Transport({ socket, connection, limits, onClosed: () => undefined })
}

if (import.meta.main) {
  const binary = await installH2spec()
  const exceptions = readExceptions()
  let isGood = true
  for (const target of targets) {
    const { passed, failed, skipped } = await runH2spec(binary, target)
    console.log(`${target}: ${passed.length} passed`)
    for (const name of [...failed, ...skipped]) {
      const reason = exceptions[target][name]
      isGood &&= reason !== undefined
      console.log(`  ${name}\n    ${reason ?? 'FAILED'}`)
    }
  }
  process.exitCode = isGood ? 0 : 1
}
