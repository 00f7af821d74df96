import { spawn, type ChildProcess } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { freePort } from './free-port.ts'
import { runCommand } from './run-command.ts'
import { SetupFailure } from './setup-failure.ts'
import { waitUntil } from './wait-until.ts'

export interface DevServer {
  /** `host:port` of the frontend's gRPC service, in clear text. */
  readonly address: string
  readonly stop: () => Promise<void>
}

export interface DevServerParts {
  /** Path of the Temporal CLI, which contains the server. */
  readonly cli: string
  readonly namespaces: readonly string[]
  /** Values are JSON, as the CLI wants them. */
  readonly dynamicConfig?: Readonly<Record<string, string>>
  readonly logFile: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/**
 * Runs the server until its own standard input ends, which it does when we stop it and also when we
 * die, however suddenly. It reads `stop` from a copy of the descriptor because a shell gives its
 * background commands /dev/null.
 */
const guard = `
exec 3<&0
"$@" 3<&- & server=$!
{ read -r stop <&3; kill "$server"; } & reader=$!
wait "$server"; code=$?
kill "$reader" 2>/dev/null
exit "$code"`

/** Somebody else may take a port between the look at it and its use. */
const attempts = 3
const startTimeoutMs = 60_000

/** Starts a real Temporal server, in memory, on a free loopback port, and waits until it serves. */
export async function startDevServer(parts: DevServerParts): Promise<DevServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort()
    const server = await launch(parts, port)
    const started = await isServing(parts, server).catch(async (error: unknown) => {
      await server.stop()
      throw error
    })
    if (started) return { address: server.address, stop: server.stop }
    await server.stop()
    if (attempt < attempts) continue
    const log = (await readFile(parts.logFile, 'utf8')).trimEnd().split('\n').slice(-5)
    throw new SetupFailure(
      ['The Temporal dev server did not start. Its last words:', ...log].join('\n  '),
    )
  }
}

interface Launched extends DevServer {
  readonly child: ChildProcess
}

async function launch(parts: DevServerParts, port: number): Promise<Launched> {
  const { cli, namespaces, dynamicConfig = {}, environment } = parts
  const log = await open(parts.logFile, 'a')
  const args = [
    'server',
    'start-dev',
    '--headless',
    '--log-level=warn',
    '--ip=127.0.0.1',
    `--port=${port}`,
    ...namespaces.map((namespace) => `--namespace=${namespace}`),
    ...Object.entries(dynamicConfig).map(
      ([key, value]) => `--dynamic-config-value=${key}=${value}`,
    ),
  ]
  // A group of its own, so that Ctrl-C in a terminal does not stop the server before its clients.
  const child = spawn('sh', ['-c', guard, 'sh', cli, ...args], {
    env: environment,
    stdio: ['pipe', log.fd, log.fd],
    detached: true,
  })
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  await log.close()
  const stop = async () => {
    child.stdin?.end()
    await ended
  }
  return { address: `127.0.0.1:${port}`, child, stop }
}

async function isServing(parts: DevServerParts, { address, child }: Launched): Promise<boolean> {
  const { cli, namespaces, environment, signal } = parts
  const describe = async (namespace: string) => {
    const args = ['operator', 'namespace', 'describe', namespace, '--address', address]
    return (await runCommand({ file: cli, args, environment, signal })).exitCode === 0
  }
  const serving = await waitUntil({
    probe: async () => {
      if (child.exitCode !== null) return false
      for (const namespace of namespaces) if (!(await describe(namespace))) return undefined
      return true
    },
    timeoutMs: startTimeoutMs,
    signal,
  })
  return serving === true
}
