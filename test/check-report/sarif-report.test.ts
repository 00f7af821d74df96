import t from 'tap'
import { sarifReport } from '../../src/check-report/sarif-report.ts'
import { lintCodes } from '../../src/config/lint-codes.ts'
import type { Problem } from '../../src/config/problem.ts'

const problem: Problem = {
  code: 'role-unused',
  severity: 'warning',
  file: 'config/my policy.yaml',
  line: 3,
  column: 5,
  path: 'roles.a',
  message: 'is granted nowhere',
}
const whole: Problem = {
  code: 'file-unreadable',
  severity: 'error',
  file: '/etc/sally port.yaml',
  path: '',
  message: 'cannot be read',
}

interface Log {
  readonly version: string
  readonly runs: readonly {
    readonly tool: {
      readonly driver: { readonly name: string; readonly rules: readonly { readonly id: string }[] }
    }
    readonly results: readonly { readonly ruleId: string; readonly ruleIndex: number }[]
  }[]
}

const report = sarifReport({
  problems: [problem, whole],
  texts: new Map(),
  notes: [],
  version: '1.2.3',
}) as Log

void t.test('a log has what SARIF 2.1.0 requires of it', async (t) => {
  t.match(report, {
    $schema: /sarif-schema-2\.1\.0\.json$/,
    version: '2.1.0',
    runs: [
      { tool: { driver: { name: 'sallyport', version: '1.2.3' } }, columnKind: 'utf16CodeUnits' },
    ],
  })
})

void t.test('every code is a rule, with its words and its level', async (t) => {
  const rules = report.runs[0]?.tool.driver.rules ?? []
  t.same(
    rules,
    Object.entries(lintCodes).map(([id, { severity, what, fix }]) => ({
      id,
      shortDescription: { text: what },
      help: { text: fix },
      defaultConfiguration: { level: severity },
    })),
  )
})

void t.test('every problem is a result at its place, and names its rule', async (t) => {
  const { results = [], tool } = report.runs[0] ?? {}
  t.match(results, [
    {
      ruleId: 'role-unused',
      level: 'warning',
      message: { text: 'roles.a: is granted nowhere' },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'config/my%20policy.yaml' },
            region: { startLine: 3, startColumn: 5 },
          },
        },
      ],
      partialFingerprints: { 'sallyport/v1': /^[0-9a-f]{64}$/ },
    },
    {
      ruleId: 'file-unreadable',
      level: 'error',
      message: { text: 'cannot be read' },
      locations: [
        { physicalLocation: { artifactLocation: { uri: 'file:///etc/sally%20port.yaml' } } },
      ],
    },
  ])
  t.notMatch(results[1], { locations: [{ physicalLocation: { region: {} } }] })
  for (const { ruleId, ruleIndex } of results) t.equal(tool?.driver.rules[ruleIndex]?.id, ruleId)
})

void t.test('a place without a column is the beginning of its line', async (t) => {
  const { column: _column, ...line } = problem
  const log = sarifReport({ problems: [line], texts: new Map(), notes: [], version: '1' }) as Log
  t.match(log.runs[0]?.results, [
    { locations: [{ physicalLocation: { region: { startLine: 3, startColumn: 1 } } }] },
  ])
})
