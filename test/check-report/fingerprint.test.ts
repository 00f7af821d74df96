import t from 'tap'
import { fingerprintsOf } from '../../src/check-report/fingerprint.ts'
import type { Problem } from '../../src/config/problem.ts'

const problem: Problem = {
  code: 'key-unknown',
  severity: 'error',
  file: 'f',
  line: 1,
  column: 1,
  path: 'a',
  message: 'm',
}

void t.test('a fingerprint stays when lines move, and is for one problem only', async (t) => {
  const [first, moved] = [[problem], [{ ...problem, line: 9, column: 4 }]].map(fingerprintsOf)
  t.same(first, moved)
  t.match(first, [/^[0-9a-f]{64}$/])
  const all = fingerprintsOf([
    problem,
    problem,
    { ...problem, path: 'b' },
    { ...problem, code: 'key-missing' },
    { ...problem, message: 'n' },
    { ...problem, file: 'g' },
  ])
  t.equal(new Set(all).size, 6)
})
