import { readFileSync } from 'node:fs'
import t from 'tap'
import { performanceChart } from '../../scripts/bench/chart.ts'
import { performancePage } from '../../scripts/bench/page.ts'
import type { BenchResult } from '../../scripts/bench/result.ts'
import { root } from '../support/outside-tap.ts'

const read = (name: string) => readFileSync(`${root}docs/performance.${name}`, 'utf8')

t.test(
  'the page on performance is made of its figures; npm run bench:report mends this',
  async (t) => {
    const result = JSON.parse(read('json')) as BenchResult
    t.equal(read('md'), performancePage(result))
    t.equal(read('svg'), performanceChart(result))
  },
)
