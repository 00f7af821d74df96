import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { root } from '../test/support/outside-tap.ts'
import { performanceChart } from './bench/chart.ts'
import { performancePage } from './bench/page.ts'
import type { BenchResult } from './bench/result.ts'

/**
 * Makes docs/performance.md and its chart of what `npm run bench -- --json FILE` wrote:
 * `npm run bench:report -- FILE`. The figures are kept beside them, so that a test sees where they differ.
 */

const { positionals } = parseArgs({ allowPositionals: true })
const [file = `${root}docs/performance.json`] = positionals
const result = JSON.parse(readFileSync(file, 'utf8')) as BenchResult
writeFileSync(`${root}docs/performance.json`, `${JSON.stringify(result, null, 2)}\n`)
writeFileSync(`${root}docs/performance.md`, performancePage(result))
writeFileSync(`${root}docs/performance.svg`, performanceChart(result))
