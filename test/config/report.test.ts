import t from 'tap'
import { createReport } from '../../src/config/report.ts'
import { parseYaml } from '../../src/config/yaml-file.ts'

void t.test(
  'a problem has the severity of its code, and the place of a value or a key',
  async (t) => {
    const { yaml } = parseYaml('f', 'a:\n  b: c\n')
    const { problems, report } = createReport(yaml)
    report('key-unknown', ['a', 'b'], 'is this')
    report('role-unused', ['a', 'b'], 'is that', 'key')
    report('key-missing', ['a', 'z'], 'is missing')
    t.strictSame(problems, [
      {
        code: 'key-unknown',
        severity: 'error',
        file: 'f',
        line: 2,
        column: 6,
        path: 'a.b',
        message: 'is this',
      },
      {
        code: 'role-unused',
        severity: 'warning',
        file: 'f',
        line: 2,
        column: 3,
        path: 'a.b',
        message: 'is that',
      },
      {
        code: 'key-missing',
        severity: 'error',
        file: 'f',
        line: 2,
        column: 3,
        path: 'a.z',
        message: 'is missing',
      },
    ])
  },
)
