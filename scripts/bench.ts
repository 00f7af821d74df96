import { mkdirSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { root, runOutsideTap } from '../test/support/outside-tap.ts'
import { bareSync } from './bare-sync.ts'
import {
  comparePayloads,
  comparePolls,
  compareSingly,
  compareTokens,
  compareTransport,
  type Comparing,
  type TransportResult,
} from './bench/compare.ts'
import { describeMachine } from './bench/machine.ts'
import { saturate } from './bench/measure.ts'
import { quickPlan, wholePlan, type Plan } from './bench/plan.ts'
import { proxyNames, type ProxyName } from './bench/proxies.ts'
import { ratiosOf, type Figures } from './bench/ratios.ts'
import type { BenchResult } from './bench/result.ts'
import { createSetting, type Setting } from './bench/setting.ts'

/**
 * What a call through Sallyport costs beside Envoy and nginx, all on this machine, in turn, under the same
 * load: `npm run bench -- [--json FILE] [--directory DIR] [--quick] [--profile DIR]`. With `--profile`
 * nothing is compared: Sallyport alone runs under load and leaves a profile of its processor time.
 */

/** Installs what Sallyport is measured against, and returns the path of Envoy. */
async function installTools(): Promise<string> {
  return (await runOutsideTap(root, 'scripts/install-bench-tools.sh')).stdout.trim()
}

async function withProxies<T>(
  setting: Setting,
  names: readonly ProxyName[],
  tls: boolean,
  use: (proxies: Awaited<ReturnType<Setting['start']>>[]) => Promise<T>,
): Promise<T> {
  const proxies = []
  for (const name of names) proxies.push(await setting.start(name, tls))
  const result = await use(proxies)
  for (const proxy of proxies) await proxy.stop()
  return result
}

async function measureAll(comparing: Comparing): Promise<Figures> {
  const { setting } = comparing
  const plain = (names: readonly ProxyName[]) =>
    withProxies(setting, names, false, async (proxies) => {
      const plaintext = await compareTransport(comparing, proxies)
      const single = await compareSingly(comparing, proxies)
      // nginx looks at no token, and what it makes of requests of other sizes is in the payloads.
      const knowing = proxies.filter(({ name }) => ['sallyport-synced', 'envoy'].includes(name))
      const three = proxies.filter(({ name }) => name !== 'sallyport-buffered')
      const payloads = await comparePayloads(comparing, three)
      const tokens = await compareTokens(comparing, knowing)
      return { plaintext, single, payloads, tokens }
    })
  const encrypted = (names: readonly ProxyName[]): Promise<TransportResult> =>
    withProxies(setting, names, true, (proxies) => compareTransport(comparing, proxies))
  const figures = await plain(proxyNames)
  const tls = await encrypted(proxyNames)
  return { ...figures, tls, polls: await comparePolls(comparing) }
}

async function profile(setting: Setting, plan: Plan): Promise<void> {
  const proxy = await setting.start('sallyport-synced', false)
  for (const calls of [plan.warmUpCalls, plan.saturatingCalls * 2]) {
    const { cpuUsPerCall } = await saturate(setting, proxy, { calls })
    console.log(`${calls} calls, ${cpuUsPerCall} µs CPU each`)
  }
  await proxy.stop()
}

const { values: flags } = parseArgs({
  options: {
    json: { type: 'string' },
    directory: { type: 'string', default: tmpdir() },
    quick: { type: 'boolean', default: false },
    profile: { type: 'string' },
  },
})

const envoy = await installTools()
const plan = flags.quick ? quickPlan : wholePlan
const parent = resolve(flags.directory)
const machine = describeMachine(parent, envoy)
const { processors, processor, kernel, node, fileSystem, loadBefore } = machine
console.log(`${processors} × ${processor}, Linux ${kernel}, ${fileSystem}, load ${loadBefore}`)
console.log(
  `Node ${node}, Envoy ${machine.envoy}, nginx ${machine.nginx}, h2load ${machine.h2load}`,
)
const tokenCount = Math.max(...plan.tokens.map((one) => one.tokenCount))
if (flags.profile) mkdirSync(flags.profile, { recursive: true })
const nodeFlags = flags.profile ? ['--cpu-prof', `--cpu-prof-dir=${resolve(flags.profile)}`] : []
const setting = await createSetting({ parent, envoy, tokenCount, nodeFlags })
try {
  if (flags.profile) await profile(setting, plan)
  else {
    const sync = await bareSync(setting.directory, flags.quick ? 20 : 300)
    console.log(`one fdatasync: ${sync.cpuUs} µs CPU, ${sync.p50Us} µs p50, ${sync.p99Us} µs p99`)
    const figures = await measureAll({ setting, plan, say: console.log })
    const loadAfter = Math.round((loadavg()[0] ?? 0) * 100) / 100
    const ratios = ratiosOf(figures)
    console.log(
      'ratios to Envoy of Sallyport with everything on and `synced`, unless it says otherwise:',
    )
    console.log(JSON.stringify(ratios, null, 2))
    const result: BenchResult = {
      at: new Date().toISOString(),
      machine: { ...machine, loadAfter },
      plan,
      sync,
      ...figures,
      ratio_to_envoy: ratios,
    }
    if (flags.json) writeFileSync(flags.json, `${JSON.stringify(result, null, 2)}\n`)
  }
} finally {
  await setting.stop()
}
