import t from 'tap'
import { textReport } from '../../src/check-report/text-report.ts'
import type { Problem } from '../../src/config/problem.ts'

const error: Problem = {
  code: 'key-unknown',
  severity: 'error',
  file: 'policy.yaml',
  line: 2,
  column: 3,
  path: 'a',
  message: 'is wrong',
}
const warning: Problem = { ...error, code: 'role-unused', severity: 'warning', line: 10, column: 2 }
const texts = new Map([['policy.yaml', `version: 1\r\n  a: b\n\n${'\n'.repeat(6)}\tc: d\n`]])
const parts = { problems: [], texts, notes: [], version: '0.0.0' }
const plain = (_: string, text: string) => text

void t.test('each problem has its line below it, and a caret under its place', async (t) => {
  t.equal(
    textReport({ ...parts, problems: [error, warning] }, plain),
    [
      'policy.yaml:2:3 a: is wrong [key-unknown]',
      '  2 |   a: b',
      '    |   ^',
      'policy.yaml:10:2 a: warning: is wrong [role-unused]',
      '  10 | \tc: d',
      '     | \t^',
      '',
      '1 error, 1 warning',
    ].join('\n'),
  )
})

void t.test('what stands nowhere, or on an empty line, has no line below it', async (t) => {
  const { line: _line, column: _column, ...nowhere } = error
  const problems = [
    nowhere,
    { ...error, line: 3 },
    { ...error, line: 99 },
    { ...error, file: 'gone' },
  ]
  t.equal(
    textReport({ ...parts, problems }, plain),
    [
      'policy.yaml a: is wrong [key-unknown]',
      'policy.yaml:3:3 a: is wrong [key-unknown]',
      'policy.yaml:99:3 a: is wrong [key-unknown]',
      '',
      'gone:2:3 a: is wrong [key-unknown]',
      '',
      '4 errors',
    ].join('\n'),
  )
})

void t.test('a problem of a whole line has its caret at the beginning', async (t) => {
  const { column: _column, ...whole } = error
  t.match(textReport({ ...parts, problems: [whole] }, plain), /2 \| {3}a: b\n {4}\| \^/)
})

void t.test('files without problems are said to be fine, and warnings are counted', async (t) => {
  t.equal(textReport({ ...parts, notes: ['a: fine', 'b: fine'] }, plain), 'a: fine\nb: fine')
  const text = textReport({ ...parts, notes: ['a: fine'], problems: [warning, warning] }, plain)
  t.ok(text.endsWith('\n\na: fine\n2 warnings'))
})

void t.test('errors are red and warnings yellow', async (t) => {
  const paint = (style: string, text: string) => `<${style}>${text}</${style}>`
  const text = textReport({ ...parts, problems: [error, warning], notes: ['fine'] }, paint)
  t.match(text, '<red>policy.yaml:2:3')
  t.match(text, '<yellow>policy.yaml:10:2')
  t.match(text, '<yellow>^</yellow>')
  t.match(text, '<green>fine</green>\n<red>1 error</red>, <yellow>1 warning</yellow>')
})
