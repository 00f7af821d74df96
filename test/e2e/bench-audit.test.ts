import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { outsideTap, root } from '../support/outside-tap.ts'

void t.test(
  'the benchmark of recording measures both modes, and leaves nothing behind',
  async (t) => {
    const directory = t.testdir({ here: {} })
    const [env, ...flags] = outsideTap
    const script = [process.execPath, `${root}scripts/bench-audit.ts`, '--quick']
    const where = ['--directory', join(directory, 'here'), '--json', join(directory, 'result.json')]
    const { status, stdout, stderr } = spawnSync(env, [...flags, ...script, ...where], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    t.equal(status, 0, stderr)
    t.match(stdout, /target of 8 µs CPU a call under load: (met|missed)/)
    const result = JSON.parse(readFileSync(join(directory, 'result.json'), 'utf8'))
    t.match(result, {
      machine: { processors: Number, kernel: String, node: process.version, fileSystem: /./ },
      sync: { cpuUs: Number, p50Us: Number, p99Us: Number },
    })
    const measured = result.measured as Record<string, number>[]
    t.same(
      measured.map(({ durability, atATime }) => [durability, atATime]),
      ['synced', 'buffered'].flatMap((mode) => [128, 64, 1].map((atATime) => [mode, atATime])),
    )
    for (const { entriesPerSecond, cpuPerCallUs, latencyP50Us, latencyP99Us } of measured) {
      t.ok(entriesPerSecond! > 0 && cpuPerCallUs! > 0)
      t.ok(latencyP50Us! > 0 && latencyP99Us! >= latencyP50Us!)
    }
    t.strictSame(readdirSync(join(directory, 'here')), [])
  },
)
