import t from 'tap'
import { isMap } from 'yaml'
import { parseYaml, substituteEnvironment } from '../../src/config/yaml-file.ts'
import { linesOf } from '../support/config-text.ts'

const text = `version: 1
machines:
  - name: first
    match:
      project_id: 0123
      ref: { any_of: [main, 1e5] }
empty:
`
const { yaml, problems } = parseYaml('policy.yaml', text)

void t.test('a value, or what is nearest to a missing one, has a line and a column', async (t) => {
  t.strictSame(problems, [])
  const places: readonly [path: readonly PropertyKey[], line: number, column: number][] = [
    [[], 1, 1],
    [['version'], 1, 10],
    [['machines'], 3, 3],
    [['machines', 0], 3, 5],
    [['machines', 0, 'name'], 3, 11],
    [['machines', 0, 'match', 'project_id'], 5, 19],
    [['machines', 0, 'match', 'ref', 'any_of', 1], 6, 29],
    [['machines', 0, 'match', 'user_id'], 5, 7],
    [['machines', 0, 'match', 'ref', 'any_of', 7], 6, 22],
    [['machines', 3, 'match', 'ref'], 3, 3],
    [['version', 'deeper'], 1, 10],
    [['nowhere'], 1, 1],
  ]
  for (const [path, line, column] of places) {
    t.strictSame(yaml.at(path), { line, column }, path.join('.'))
  }
})

void t.test('a key has a place of its own', async (t) => {
  t.strictSame(yaml.atKey(['version']), { line: 1, column: 1 })
  t.strictSame(yaml.atKey(['machines', 0, 'match', 'ref']), { line: 6, column: 7 })
  t.strictSame(yaml.atKey(['machines', 0, 'grants']), { line: 3, column: 5 })
  t.strictSame(yaml.atKey(['machines', 0]), { line: 3, column: 5 })
  t.strictSame(yaml.atKey(['version', 'x']), { line: 1, column: 10 })
})

void t.test('a scalar keeps the form in which it was written', async (t) => {
  t.equal(yaml.sourceAt(['machines', 0, 'match', 'project_id']), '0123')
  t.equal(yaml.sourceAt(['machines', 0, 'match', 'ref', 'any_of', 1]), '1e5')
  t.equal(yaml.sourceAt(['machines']), undefined)
  t.equal(yaml.sourceAt(['nowhere']), undefined)
})

void t.test('null is there, and what is missing is not', async (t) => {
  t.ok(yaml.has(['empty']))
  t.ok(yaml.has(['machines', 0, 'match', 'ref']))
  t.notOk(yaml.has(['nowhere']))
  t.notOk(yaml.has(['machines', 1]))
})

void t.test('an alias stands for what it names, wherever it stands', async (t) => {
  const { yaml } = parseYaml('f', 'base: &b { id: 0123 }\nid: &i 0456\nall: [*b, *i]\nmatch: *b\n')
  t.equal(yaml.sourceAt(['match', 'id']), '0123')
  t.equal(yaml.sourceAt(['all', 0, 'id']), '0123')
  t.equal(yaml.sourceAt(['all', 1]), '0456')
  t.strictSame(yaml.at(['match', 'id']), { line: 1, column: 16 })
  t.strictSame(yaml.atKey(['match', 'id']), { line: 1, column: 12 })
  t.notOk(parseYaml('f', 'a: *nobody').yaml.has(['a']))
})

const broken: readonly [what: string, text: string, lines: readonly (string | RegExp)[]][] = [
  [
    'an open list',
    'a: [1',
    [/^f:1:6: not valid YAML: Flow sequence .* end with a \] \[yaml-syntax\]$/],
  ],
  ['a key twice', 'a: 1\nb:\n  c: 1\n  c: 2\n', ['f:4:3: this key occurs twice; keep one of them']],
  ['two keys twice', 'a: 1\na: 2\nb: 1\nb: 1\n', [/^f:2:1: /, /^f:4:1: /]],
  ['a tab', 'a:\n\tb: 1\n', [/^f:2:1: not valid YAML: Tabs/]],
  ['two documents', 'a: 1\n---\na: 2\n', [/^f:2:1: not valid YAML: .*multiple documents/]],
  ['an unknown tag', 'a: !secret x\n', [/^f:1:4: not valid YAML: Unresolved tag/]],
  [
    '__proto__ as a key',
    'a:\n  __proto__: 1\n',
    ['f:2:3: this key cannot be used; write plain text, in quotes if it is a number'],
  ],
  ['a number as a key', 'a: 1\n1: x\n', [/^f:2:1: this key cannot be used/]],
  ['a list as a key', '? [a]\n: 1\n', [/^f:1:3: this key cannot be used/]],
  ['an alias as a key', 'a: &x b\n*x : 1\n', [/^f:2:1: this key cannot be used/]],
  ['no key', ': 1\n', [/^f:1:1: this key cannot be used/]],
]

for (const [what, text, lines] of broken) {
  void t.test(`${what} is a problem, with its place`, async (t) => {
    t.match(linesOf(parseYaml('f', text).problems), lines)
    t.equal(parseYaml('f', text).problems.length, lines.length)
  })
}

void t.test('an older YAML that a file asks for brings none of its surprises', async (t) => {
  const old = parseYaml('f', '%YAML 1.1\n---\na: yes\nb: 0123\nbase: &b { c: 1 }\nd:\n  <<: *b\n')
  t.strictSame(old.problems, [])
  t.strictSame(old.yaml.document.toJS(), {
    a: 'yes',
    b: 123,
    base: { c: 1 },
    d: { '<<': { c: 1 } },
  })
})

void t.test('an empty file has a first line, and so has one that begins with a mark', async (t) => {
  t.strictSame(parseYaml('f', '').yaml.at([]), { line: 1, column: 1 })
  t.strictSame(parseYaml('f', '').yaml.atKey(['a']), { line: 1, column: 1 })
  t.strictSame(parseYaml('f', '\ufeffa: 1\n').problems, [])
})

void t.test('names in values are replaced by what the environment has', async (t) => {
  const { yaml } = parseYaml(
    'f',
    'a: ${HOST}:${PORT}\n${HOST}: [x, "${PORT}", $HOST, "${", "${1}", "$${PORT}"]\nb: 7\nc: "${ODD}"\n',
  )
  const unset = substituteEnvironment(yaml, { HOST: 'temporal', PORT: '7233', ODD: '$&${HOST}' })
  t.strictSame(unset, [])
  t.strictSame(yaml.document.toJS(), {
    a: 'temporal:7233',
    '${HOST}': ['x', '7233', '$HOST', '${', '${1}', '$7233'],
    b: 7,
    c: '$&${HOST}',
  })
})

void t.test('names that are not set are problems, all of them, and stay as they are', async (t) => {
  const { yaml } = parseYaml('f', 'a: 1\nb: { c: "${NO}-${NEITHER}" }\nd:\n  - ${EMPTY}\n')
  t.strictSame(linesOf(substituteEnvironment(yaml, { EMPTY: '' })), [
    'f:2:9: the environment variable NO is not set; set it, or write the value here [environment-unset]',
    'f:2:9: the environment variable NEITHER is not set; set it, or write the value here [environment-unset]',
  ])
  t.strictSame(yaml.document.toJS(), { a: 1, b: { c: '${NO}-${NEITHER}' }, d: [''] })
})

void t.test('a node that was made, not read, stands at the beginning', async (t) => {
  const { document, placeOf } = yaml
  t.ok(isMap(document.contents))
  t.strictSame(placeOf(document.createNode('x')), { line: 1, column: 1 })
})
