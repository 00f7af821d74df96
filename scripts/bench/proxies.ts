import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isListening } from '../../test/support/is-listening.ts'
import { root } from '../../test/support/outside-tap.ts'
import { writeEnvoy, writeNginx, writeSallyport, type ProxyPlan } from './proxy-files.ts'

export const proxyNames = ['sallyport-synced', 'sallyport-buffered', 'envoy', 'nginx'] as const
export type ProxyName = (typeof proxyNames)[number]

/** A proxy that runs. */
export interface Proxy {
  readonly name: ProxyName
  readonly tls: boolean
  readonly port: number
  /** User and system time of all its processes so far, in microseconds. */
  readonly cpuUs: () => number
  /** Resident memory of all its processes, in bytes. */
  readonly residentBytes: () => number
  readonly stop: () => Promise<void>
}

export interface ProxyParts {
  /** Holds the certificate and the issuer's keys; each proxy gets a directory in it. */
  readonly directory: string
  readonly envoy: string
  readonly upstreamPort: number
  /** Flags of node, for a profile. */
  readonly nodeFlags?: readonly string[]
}

let started = 0

/** Starts a proxy on the second processor, where there is one, and waits until it listens. */
export async function startProxy(name: ProxyName, tls: boolean, parts: ProxyParts): Promise<Proxy> {
  const { envoy, upstreamPort, nodeFlags = [] } = parts
  started += 1
  const directory = join(parts.directory, `${name}-${started}`)
  mkdirSync(directory)
  const [port = 0, opsPort = 0] = await freePorts(2)
  const plan: ProxyPlan = { directory, port, upstreamPort, tls }
  const child = startPinned(commandOf(name, plan, { envoy, opsPort, nodeFlags }), directory)
  await untilListening(child, port, directory)
  const pids = () => [child.pid as number, ...childrenOf(child.pid as number)]
  return {
    name,
    tls,
    port,
    cpuUs: () => sum(pids().map(cpuUsOf)),
    residentBytes: () => sum(pids().map(residentBytesOf)),
    stop: () => stop(child),
  }
}

function commandOf(
  name: ProxyName,
  plan: ProxyPlan,
  parts: { envoy: string; opsPort: number; nodeFlags: readonly string[] },
): string[] {
  const { envoy, opsPort, nodeFlags } = parts
  switch (name) {
    case 'envoy':
      return [
        envoy,
        '-c',
        writeEnvoy(plan),
        '--concurrency',
        '1',
        '--use-dynamic-base-id',
        '-l',
        'warn',
      ]
    case 'nginx':
      return [
        'nginx',
        '-c',
        writeNginx(plan),
        '-p',
        plan.directory,
        '-e',
        join(plan.directory, 'error.log'),
      ]
    case 'sallyport-synced':
    case 'sallyport-buffered': {
      const durability = name === 'sallyport-synced' ? 'synced' : 'buffered'
      const file = writeSallyport(plan, durability, opsPort)
      const main = `${root}src/main.ts`
      return [process.execPath, ...ownFlags(main), ...nodeFlags, main, 'serve', '--config', file]
    }
  }
}

/** What the first line of the program has Node told; the image has it told the same. */
function ownFlags(main: string): string[] {
  const [first = ''] = readFileSync(main, 'utf8').split('\n')
  return first.split(' ').filter((word) => word.startsWith('--'))
}

/** Loads from one processor, proxies on the other: else they would take turns in each other's way. */
export function pinned(where: 'proxy' | 'load', command: readonly string[]): string[] {
  if (cpus().length < 2) return [...command]
  return ['taskset', '-c', where === 'proxy' ? '1' : '0', ...command]
}

/** What tap puts into the environment would be loaded by the proxies as well. */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...environment } = process.env
  return environment
}

function startPinned(command: readonly string[], directory: string): ChildProcess {
  const [program = '', ...args] = pinned('proxy', command)
  const out = openSync(join(directory, 'output'), 'w')
  const child = spawn(program, args, {
    stdio: ['ignore', out, out],
    cwd: directory,
    env: ownEnvironment(),
  })
  closeSync(out)
  return child
}

const listeningMaxMs = 20_000

async function untilListening(child: ChildProcess, port: number, directory: string): Promise<void> {
  const giveUpAt = performance.now() + listeningMaxMs
  while (!(await isListening(port))) {
    if (child.exitCode !== null || performance.now() > giveUpAt) {
      child.kill('SIGKILL')
      throw new Error(`it does not listen: ${readFileSync(join(directory, 'output'), 'utf8')}`)
    }
    await sleep(50)
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  const ports: number[] = []
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    ports.push((server.address() as AddressInfo).port)
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await gone
  clearTimeout(late)
}

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** Linux counts in hundredths of a second, whatever the kernel's own ticks are. */
const tickUs = 10_000

function cpuUsOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name of the program, in parentheses, may hold spaces.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * tickUs
}

function residentBytesOf(pid: number): number {
  const [, kib = '0'] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
