import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ordinaryInputBytes } from './calls.ts'
import { runH2load } from './h2load.ts'
import type { Latencies } from './latencies.ts'
import { round } from './latencies.ts'
import type { LoadOrder, LoadResult } from './load.ts'
import type { Proxy } from './proxies.ts'
import type { Setting } from './setting.ts'

/** What a run of many calls showed. */
export interface Run {
  readonly calls: number
  readonly cpuUsPerCall: number
  readonly callsPerSecond: number
  readonly latency: Latencies
  readonly residentMiB: number
}

interface Ended {
  readonly seconds: number
  readonly latency: Latencies
}

/** Runs a load on a proxy, and makes sure that the upstream had every call, once. */
async function measured(
  { counts }: Setting,
  proxy: Proxy,
  calls: number,
  load: () => Promise<Ended>,
): Promise<Run> {
  const before = await counts()
  const cpu = proxy.cpuUs()
  const { seconds, latency } = await load()
  const cpuUsPerCall = round((proxy.cpuUs() - cpu) / calls)
  const { answered } = await counts()
  if (answered - before.answered !== calls) {
    throw new Error(`${proxy.name} let ${answered - before.answered} of ${calls} calls through`)
  }
  const residentMiB = round(proxy.residentBytes() / 2 ** 20)
  return { calls, cpuUsPerCall, callsPerSecond: Math.round(calls / seconds), latency, residentMiB }
}

export interface Shape {
  readonly calls: number
  readonly inputBytes?: number
  readonly connections?: number
  readonly streams?: number
}

/** As many calls as the proxy takes, from h2load. */
export function saturate(setting: Setting, proxy: Proxy, shape: Shape): Promise<Run> {
  const { calls, inputBytes = ordinaryInputBytes, connections = 8, streams = 16 } = shape
  const { token, directory } = setting
  const body = setting.bodyOf(inputBytes)
  const log = join(directory, 'h2load.log')
  const { port, tls } = proxy
  return measured(setting, proxy, calls, () =>
    runH2load({ port, tls, calls, connections, streams, token, body, log }),
  )
}

/** As many calls as the proxy takes, each with another of so many tokens. */
export function saturateWithTokens(
  setting: Setting,
  proxy: Proxy,
  { calls, tokenCount }: { readonly calls: number; readonly tokenCount: number },
): Promise<Run> {
  const many = { kind: 'closed', connections: 8, streams: 16, calls } as const
  return measured(setting, proxy, calls, () =>
    loaded(setting, { ...many, ...ordinary(setting, proxy), tokenCount }),
  )
}

/** A steady load that no proxy is busy with. */
export function pace(
  setting: Setting,
  proxy: Proxy,
  { calls, perSecond }: { readonly calls: number; readonly perSecond: number },
): Promise<Run> {
  const steady = { kind: 'paced', connections: 8, perSecond, calls } as const
  return measured(setting, proxy, calls, () =>
    loaded(setting, { ...steady, ...ordinary(setting, proxy) }),
  )
}

/** One call at a time, to a proxy or to the upstream itself. */
export async function callSingly(
  setting: Setting,
  target: { readonly port: number; readonly tls: boolean },
  calls: number,
): Promise<Latencies> {
  const one = { kind: 'closed', connections: 1, streams: 1, calls } as const
  return (await loaded(setting, { ...one, ...ordinary(setting, target) })).latency
}

/** Bytes of resident memory that each of so many idle polls takes. */
export async function holdPolls(
  setting: Setting,
  proxy: Proxy,
  { polls, connections }: { readonly polls: number; readonly connections: number },
): Promise<number> {
  const before = proxy.residentBytes()
  await loaded(setting, { kind: 'hold', connections, calls: polls, ...ordinary(setting, proxy) })
  await untilHeld(setting, proxy, polls)
  const bytes = (proxy.residentBytes() - before) / polls
  await loaded(setting, { kind: 'release', ...ordinary(setting, proxy) })
  return Math.round(bytes)
}

/** All are on their way; how long they take depends on the machine. */
async function untilHeld({ counts }: Setting, { name }: Proxy, polls: number): Promise<void> {
  const giveUpAt = performance.now() + 30_000
  for (;;) {
    const { held } = await counts()
    if (held === polls) return
    if (performance.now() > giveUpAt) throw new Error(`${name} holds ${held} of ${polls} polls`)
    await sleep(100)
  }
}

function ordinary(setting: Setting, { port, tls }: { port: number; tls: boolean }) {
  const { tokens } = setting
  return { port, tls, tokens, tokenCount: 1, inputBytes: ordinaryInputBytes }
}

async function loaded({ load }: Setting, order: LoadOrder): Promise<LoadResult> {
  const result = await load(order)
  if (result.failed > 0) {
    throw new Error(`${result.failed} of ${result.calls} calls failed, one with ${result.why}`)
  }
  return result
}
