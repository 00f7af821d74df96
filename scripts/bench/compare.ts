import { median, round, type Latencies } from './latencies.ts'
import { callSingly, holdPolls, pace, saturate, saturateWithTokens, type Run } from './measure.ts'
import type { Plan } from './plan.ts'
import { proxyNames, type Proxy, type ProxyName } from './proxies.ts'
import type { Setting } from './setting.ts'

/** What a proxy showed in one comparison: medians of rounds. */
export interface Row extends Latencies {
  readonly proxy: ProxyName
  readonly cpuUsPerCall: number
  readonly callsPerSecond: number
  readonly residentMiB: number
  readonly rounds: readonly Run[]
}

/** One comparison: all proxies under the same load, one after the other, round after round. */
export interface Comparison {
  readonly name: string
  readonly rows: readonly Row[]
}

export interface Comparing {
  readonly setting: Setting
  readonly plan: Plan
  readonly say: (line: string) => void
}

/** Runs a load on each proxy in turn, several times. */
async function compare(
  { plan, say }: Comparing,
  name: string,
  proxies: readonly Proxy[],
  load: (proxy: Proxy) => Promise<Run>,
): Promise<Comparison> {
  const runs = new Map<Proxy, Run[]>(proxies.map((proxy) => [proxy, []]))
  for (let turn = 0; turn < plan.rounds; turn += 1) {
    for (const proxy of proxies) runs.get(proxy)?.push(await load(proxy))
  }
  const rows = [...runs].map(([proxy, rounds]) => rowOf(proxy, rounds))
  for (const row of rows) {
    const { proxy, cpuUsPerCall, callsPerSecond, p50Us, p99Us } = row
    const cells = [
      `${cpuUsPerCall} µs CPU`,
      `${callsPerSecond}/s`,
      `p50 ${p50Us} µs`,
      `p99 ${p99Us} µs`,
    ]
    say(`${name.padEnd(22)}${proxy.padEnd(20)}${cells.map((cell) => cell.padStart(16)).join('')}`)
  }
  return { name, rows }
}

function rowOf(proxy: Proxy, rounds: readonly Run[]): Row {
  const middle = (of: (run: Run) => number) => round(median(rounds.map(of)))
  return {
    proxy: proxy.name,
    cpuUsPerCall: middle((run) => run.cpuUsPerCall),
    callsPerSecond: Math.round(middle((run) => run.callsPerSecond)),
    meanUs: middle((run) => run.latency.meanUs),
    p50Us: middle((run) => run.latency.p50Us),
    p99Us: middle((run) => run.latency.p99Us),
    residentMiB: middle((run) => run.residentMiB),
    rounds,
  }
}

/** Everything that is compared over one kind of transport. */
export interface TransportResult {
  readonly load: Comparison
  readonly steady: Comparison
}

/** As many calls as each takes, and a steady load, over TLS or without. */
export async function compareTransport(
  comparing: Comparing,
  proxies: readonly Proxy[],
): Promise<TransportResult> {
  const { setting, plan } = comparing
  const transport = proxies[0]?.tls ? 'TLS' : 'plaintext'
  for (const proxy of proxies) await saturate(setting, proxy, { calls: plan.warmUpCalls })
  const calls = plan.saturatingCalls
  const full = (proxy: Proxy) => saturate(setting, proxy, { calls })
  const load = await compare(comparing, transport, proxies, full)
  const steadily = (proxy: Proxy) => pace(setting, proxy, plan.paced)
  const steady = await compare(
    comparing,
    `${transport}, ${plan.paced.perSecond}/s`,
    proxies,
    steadily,
  )
  return { load, steady }
}

/** Requests of other sizes. */
export async function comparePayloads(
  comparing: Comparing,
  proxies: readonly Proxy[],
): Promise<readonly Comparison[]> {
  const { setting, plan } = comparing
  const comparisons: Comparison[] = []
  for (const { inputBytes, calls } of plan.payloads) {
    // Eight requests of a megabyte at a time keep a proxy as busy as a hundred small ones.
    const few = inputBytes > 100_000 ? { connections: 4, streams: 2 } : {}
    const sized = (proxy: Proxy) => saturate(setting, proxy, { calls, inputBytes, ...few })
    comparisons.push(await compare(comparing, `${inputBytes} B`, proxies, sized))
  }
  return comparisons
}

/** Callers with one token, and with many. */
export async function compareTokens(
  comparing: Comparing,
  proxies: readonly Proxy[],
): Promise<readonly Comparison[]> {
  const { setting, plan } = comparing
  const comparisons: Comparison[] = []
  for (const { tokenCount, calls } of plan.tokens) {
    const spread = (proxy: Proxy) => saturateWithTokens(setting, proxy, { calls, tokenCount })
    const name = `${tokenCount} token${tokenCount === 1 ? '' : 's'}`
    comparisons.push(await compare(comparing, name, proxies, spread))
  }
  return comparisons
}

/** How long one call at a time takes, and how much of it is the proxy's. */
export interface SingleRow extends Latencies {
  readonly proxy: ProxyName | 'upstream itself'
  readonly addedMeanUs: number
  readonly addedP50Us: number
}

/** One call at a time, to each proxy and to the upstream itself. */
export async function compareSingly(
  { setting, plan, say }: Comparing,
  proxies: readonly Proxy[],
): Promise<readonly SingleRow[]> {
  const direct: Latencies[] = []
  const through = new Map<Proxy, Latencies[]>(proxies.map((proxy) => [proxy, []]))
  const upstream = { port: setting.upstreamPort, tls: false }
  for (let turn = 0; turn < plan.rounds; turn += 1) {
    direct.push(await callSingly(setting, upstream, plan.singleCalls))
    for (const proxy of proxies) {
      through.get(proxy)?.push(await callSingly(setting, proxy, plan.singleCalls))
    }
  }
  const bare = middleOf(direct)
  const added = (proxy: SingleRow['proxy'], of: Latencies): SingleRow => {
    const addedMeanUs = round(of.meanUs - bare.meanUs)
    return { proxy, ...of, addedMeanUs, addedP50Us: round(of.p50Us - bare.p50Us) }
  }
  const rows = [
    added('upstream itself', bare),
    ...[...through].map(([proxy, latencies]) => added(proxy.name, middleOf(latencies))),
  ]
  for (const { proxy, p50Us, addedP50Us } of rows) {
    say(`one call at a time    ${proxy.padEnd(20)}p50 ${p50Us} µs, ${addedP50Us} µs of it added`)
  }
  return rows
}

function middleOf(rounds: readonly Latencies[]): Latencies {
  const middle = (name: keyof Latencies) => round(median(rounds.map((one) => one[name])))
  return { meanUs: middle('meanUs'), p50Us: middle('p50Us'), p99Us: middle('p99Us') }
}

export interface PollRow {
  readonly proxy: ProxyName
  readonly bytesPerPoll: number
}

/** Memory of polls that wait, in processes that are warm: a heap that grows for other calls is no poll's cost. */
export async function comparePolls({ setting, plan, say }: Comparing): Promise<readonly PollRow[]> {
  const rows: PollRow[] = []
  for (const name of proxyNames) {
    const proxy = await setting.start(name, false)
    await saturate(setting, proxy, { calls: plan.warmUpCalls })
    const bytesPerPoll = await holdPolls(setting, proxy, plan.polls)
    await proxy.stop()
    rows.push({ proxy: name, bytesPerPoll })
    say(`idle polls            ${name.padEnd(20)}${bytesPerPoll} bytes each`)
  }
  return rows
}
