import t from 'tap'
import { formatProblem } from '../../src/config/problem.ts'

const problem = { file: 'policy.yaml', path: 'machines[0].name', message: 'is missing' }

void t.test('a problem is one line that editors and CI logs can jump to', async (t) => {
  const lines = [
    formatProblem({ ...problem, line: 12, column: 7 }),
    formatProblem({ ...problem, line: 12 }),
    formatProblem(problem),
    formatProblem({ ...problem, path: '' }),
    formatProblem({ ...problem, path: '', line: 12, column: 7 }),
  ]
  t.strictSame(lines, [
    'policy.yaml:12:7 machines[0].name: is missing',
    'policy.yaml:12:1 machines[0].name: is missing',
    'policy.yaml machines[0].name: is missing',
    'policy.yaml: is missing',
    'policy.yaml:12:7: is missing',
  ])
})
