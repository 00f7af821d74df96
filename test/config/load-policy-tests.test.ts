import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { loadPolicyTests } from '../../src/config/load-policy-tests.ts'
import { claimedIdentity } from '../../src/identify/claimed-identity.ts'
import { linesOf } from '../support/config-text.ts'

const issuer = { name: 'gitlab', kind: 'gitlab', url: 'https://gitlab.test' } as const

const head = `version: 1
identities:
  main: { issuer: gitlab, claims: { project_id: "1" } }
  other: { from: main, claims: { project_id: "2" } }
tests:
`

async function load(directory: string, text: string) {
  const file = join(directory, 'policy.test.yaml')
  writeFileSync(file, text)
  const loaded = await loadPolicyTests({
    file,
    rules: ['viewers'],
    issuers: [
      {
        name: 'gitlab',
        claims: ['project_id'],
        identify: (set) => claimedIdentity({ ...set, issuer }),
      },
    ],
  })
  const lines = loaded.ok ? [] : linesOf(loaded.problems).map((line) => line.replace(file, 'f'))
  return { tests: loaded.ok ? loaded.tests : [], lines }
}

t.test('a test has its place, its identity, its call and what must come of it', async (t) => {
  const { tests, lines } = await load(
    t.testdir(),
    `${head}  - name: main reads
    identity: main
    call: { method: ListWorkflowExecutions, namespace: payments }
    expect: { allowed: { rule: viewers } }
`,
  )
  t.strictSame(lines, [])
  t.match(tests, [
    {
      name: 'main reads',
      line: 6,
      column: 5,
      as: 'main',
      identity: { issuer: 'gitlab', claims: new Map([['project_id', '1']]) },
      call: { method: { name: 'ListWorkflowExecutions' }, namespace: 'payments' },
      expect: { outcome: 'allowed', rule: 'viewers' },
    },
  ])
})

t.test('a matrix is a test for each identity and call, with a name of its own', async (t) => {
  const { tests } = await load(
    t.testdir(),
    `${head}  - name: nobody ends
    identity: [main, other]
    calls:
      - { method: TerminateWorkflowExecution, namespace: [a, b], workflow_id: x }
      - { method: DeleteNamespace, namespace: a }
    expect: { refused: not_granted }
  - { name: all may connect, identity: other, call: { method: GetSystemInfo }, expect: allowed }
`,
  )
  t.strictSame(
    tests.map(({ name }) => name),
    [
      'nobody ends (main, TerminateWorkflowExecution, a, x)',
      'nobody ends (main, TerminateWorkflowExecution, b, x)',
      'nobody ends (main, DeleteNamespace, a)',
      'nobody ends (other, TerminateWorkflowExecution, a, x)',
      'nobody ends (other, TerminateWorkflowExecution, b, x)',
      'nobody ends (other, DeleteNamespace, a)',
      'all may connect',
    ],
  )
  t.strictSame(tests[0]?.expect, { outcome: 'refused', code: 'not_granted' })
  t.strictSame(tests[6]?.expect, { outcome: 'allowed', rule: undefined })
})

t.test('everything that is wrong is said at once, each at its place', async (t) => {
  const { lines } = await load(
    t.testdir(),
    `${head}  - name: same
    identity: [main, othr]
    call: { method: GetSystemInfo }
    expect: { allowed: { rule: viewer } }
  - name: same
    identity: nobody-at-all
    calls: [{ method: GetSystemInfos }]
    expect: { refused: not_grantd }
  - name: neither
    identity: main
    expect: { allowed: { rule: some-other-rule } }
  - name: never by a policy
    identity: main
    call: { method: GetSystemInfo }
    expect: { refused: token_expired }
`,
  )
  t.match(lines, [
    'f:7:22 tests[0].identity[1]: is not an identity of this file; did you mean other? [value-invalid]',
    'f:9:32 tests[0].expect.allowed.rule: is not a rule of the policy; did you mean viewers? [value-invalid]',
    'f:10:11 tests[1].name: is the name of an earlier test [name-duplicate]',
    'f:11:15 tests[1].identity: is not an identity of this file; known: main, other [value-invalid]',
    /^f:12:23 tests\[1\]\.calls\[0\]\.method: is not an RPC.*did you mean GetSystemInfo\?/,
    /^f:13:24 tests\[1\]\.expect\.refused: is no refusal .*did you mean not_granted\?/,
    'f:14:5 tests[2]: needs exactly one of call and calls [value-invalid]',
    'f:16:32 tests[2].expect.allowed.rule: is not a rule of the policy; known: viewers [value-invalid]',
    /^f:20:24 tests\[3\]\.expect\.refused: is no refusal that a policy decides on; known: not_granted, /,
  ])
  t.equal(lines.length, 9)
})

t.test('syntax, shape and identities are checked before anything is run', async (t) => {
  t.match((await load(t.testdir(), 'version: [')).lines.slice(0, 1), [/yaml-syntax/])
  t.match((await load(t.testdir(), 'version: 1\n')).lines, [
    /identities: is missing/,
    /tests: is missing/,
  ])
  const unknown = head.replace('gitlab', 'gitlap')
  const test =
    '  - { name: n, identity: main, call: { method: GetSystemInfo }, expect: { refused: x } }\n'
  t.match((await load(t.testdir(), unknown + test)).lines, [/issuer-unknown/, /is no refusal/])
})

t.test('a file that is not there is a problem, not a crash', async (t) => {
  const loaded = await loadPolicyTests({ file: '/nowhere/t.yaml', rules: [], issuers: [] })
  t.match(loaded, {
    ok: false,
    problems: [{ code: 'file-unreadable', message: 'cannot be read (ENOENT); check the path' }],
  })
})
