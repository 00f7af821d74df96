import t from 'tap'
import { formatProblem, type Problem } from '../../src/config/problem.ts'

const problem: Problem = {
  code: 'key-missing',
  severity: 'error',
  file: 'policy.yaml',
  path: 'machines[0].name',
  message: 'is missing',
}

void t.test('a problem is one line that editors and CI logs can jump to', async (t) => {
  const lines = [
    formatProblem({ ...problem, line: 12, column: 7 }),
    formatProblem({ ...problem, line: 12 }),
    formatProblem(problem),
    formatProblem({ ...problem, path: '' }),
    formatProblem({ ...problem, path: '', line: 12, column: 7 }),
    formatProblem({ ...problem, severity: 'warning', code: 'role-unused', line: 3, column: 1 }),
  ]
  t.strictSame(lines, [
    'policy.yaml:12:7 machines[0].name: is missing [key-missing]',
    'policy.yaml:12:1 machines[0].name: is missing [key-missing]',
    'policy.yaml machines[0].name: is missing [key-missing]',
    'policy.yaml: is missing [key-missing]',
    'policy.yaml:12:7: is missing [key-missing]',
    'policy.yaml:3:1 machines[0].name: warning: is missing [role-unused]',
  ])
})
