import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { BenchResult } from '../../scripts/bench/result.ts'
import { lastWords, outsideTap, root, runOutsideTap } from '../support/outside-tap.ts'

const tools = await runOutsideTap(root, 'scripts/install-bench-tools.sh').then(
  () => ({}),
  (error: Error & { stderr?: string }) => ({ skip: lastWords(error) }),
)

void t.test(
  'the bench compares all proxies in every way, and leaves nothing behind',
  { ...tools, timeout: 110_000 },
  async (t) => {
    const directory = t.testdir()
    const scratch = join(directory, 'scratch')
    mkdirSync(scratch)
    const file = join(directory, 'result.json')
    const [env, ...flags] = outsideTap
    const script = [process.execPath, `${root}scripts/bench.ts`, '--quick']
    const { status, stdout, stderr } = spawnSync(
      env,
      [...flags, ...script, '--directory', scratch, '--json', file],
      { encoding: 'utf8', timeout: 100_000 },
    )
    t.equal(status, 0, `${stdout}${stderr}`)
    t.strictSame(readdirSync(scratch), [])
    const result = JSON.parse(readFileSync(file, 'utf8')) as BenchResult
    const four = ['sallyport-synced', 'sallyport-buffered', 'envoy', 'nginx']
    for (const { load, steady } of [result.plaintext, result.tls]) {
      t.strictSame(
        load.rows.map(({ proxy }) => proxy),
        four,
      )
      for (const row of [...load.rows, ...steady.rows]) {
        t.ok(row.cpuUsPerCall > 0 && row.callsPerSecond > 0, row.proxy)
        t.ok(row.p50Us > 0 && row.p99Us >= row.p50Us, row.proxy)
      }
    }
    t.strictSame(
      result.polls.map(({ proxy }) => proxy),
      four,
    )
    t.strictSame(
      result.single.map(({ proxy }) => proxy),
      ['upstream itself', ...four],
    )
    const { plaintext, tls } = result.ratio_to_envoy.cpu_per_call
    t.ok(plaintext > 0 && tls > 0)
  },
)
