import t from 'tap'
import { countProblems } from '../../src/check-report/report-parts.ts'
import type { Problem } from '../../src/config/problem.ts'

void t.test('errors and warnings are counted apart', async (t) => {
  const problem = (severity: Problem['severity']): Problem => ({
    code: 'key-unknown',
    severity,
    file: 'f',
    path: '',
    message: 'm',
  })
  t.same(countProblems([]), { errors: 0, warnings: 0 })
  const problems = [problem('error'), problem('warning'), problem('error')]
  t.same(countProblems(problems), { errors: 2, warnings: 1 })
})
