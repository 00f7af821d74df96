import t from 'tap'
import { jsonReport } from '../../src/check-report/json-report.ts'
import type { Problem } from '../../src/config/problem.ts'

const problem: Problem = {
  code: 'role-unused',
  severity: 'warning',
  file: 'f',
  path: 'a',
  message: 'm',
}
const parts = { texts: new Map(), notes: [], version: '0.0.0' }

void t.test('files are all right until there is an error', async (t) => {
  t.same(jsonReport({ ...parts, problems: [problem] }), {
    ok: true,
    errors: 0,
    warnings: 1,
    problems: [problem],
  })
  const error: Problem = { ...problem, severity: 'error' }
  t.match(jsonReport({ ...parts, problems: [problem, error] }), {
    ok: false,
    errors: 1,
    warnings: 1,
  })
})
