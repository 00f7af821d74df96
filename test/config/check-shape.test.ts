import t from 'tap'
import { z } from 'zod'
import { checkShape, formatPath } from '../../src/config/check-shape.ts'
import { parseYaml } from '../../src/config/yaml-file.ts'
import { shapeProblems } from '../support/config-text.ts'

const shape = z.strictObject({
  version: z.literal(1, { error: 'is not a version; write 1' }),
  on: z.boolean().optional(),
  count: z.number().default(1),
  when: z.date().optional(),
  rules: z
    .array(
      z.strictObject({
        name: z.string(),
        test: z.union(
          [
            z.string(),
            z.strictObject({
              any_of: z.array(z.string()),
              but: z.strictObject({ not: z.string() }).optional(),
            }),
          ],
          {
            error: 'is neither',
          },
        ),
      }),
    )
    .default([]),
  issuers: z
    .record(
      z.string().regex(/^[a-z]+$/, { error: 'is not a name' }),
      z.strictObject({ url: z.string() }),
    )
    .optional(),
})

const cases: readonly [what: string, text: string, lines: readonly string[]][] = [
  [
    'what is missing',
    'rules:\n  - name: a\n',
    [
      'f:1:1 version: is missing; it is needed [key-missing]',
      'f:2:5 rules[0].test: is missing; it is needed [key-missing]',
    ],
  ],
  [
    'a file that is empty',
    '',
    ['f:1:1: is not a mapping; write keys and values below it [value-invalid]'],
  ],
  [
    'a file that is a list',
    '- a',
    ['f:1:1: is not a mapping; write keys and values below it [value-invalid]'],
  ],
  [
    'text for a mapping',
    'version: 1\nrules: [a]',
    ['f:2:9 rules[0]: is not a mapping; write keys and values below it [value-invalid]'],
  ],
  [
    'text for a record',
    'version: 1\nissuers: a',
    ['f:2:10 issuers: is not a mapping; write keys and values below it [value-invalid]'],
  ],
  [
    'a null for a list',
    'version: 1\nrules:\n',
    ['f:2:7 rules: is not a list; write it as [a, b] or with dashes [value-invalid]'],
  ],
  [
    'a number for text',
    'version: 1\nissuers: { a: { url: 7 } }',
    ['f:2:22 issuers.a.url: is not text; put the value in quotes [value-invalid]'],
  ],
  [
    'text for a number',
    'version: 1\ncount: many',
    ['f:2:8 count: is not a number [value-invalid]'],
  ],
  [
    'text for a boolean',
    'version: 1\non: maybe',
    ['f:2:5 on: is not true or false [value-invalid]'],
  ],
  ['text for something rare', 'version: 1\nwhen: now', ['f:2:7 when: is not date [value-invalid]']],
  ['another version', 'version: 2', ['f:1:10 version: is not a version; write 1 [value-invalid]']],
  [
    'a key of a record',
    'version: 1\nissuers: { A1: { url: x } }',
    ['f:2:12 issuers.A1: is not a name [value-invalid]'],
  ],
  [
    'a mistyped key at the top',
    'version: 1\nrulez: []',
    ['f:2:1 rulez: is not a key that is known; did you mean rules? [key-unknown]'],
  ],
  [
    'a mistyped key in a list',
    'version: 1\nrules:\n  - { nam: a, name: b, test: c }',
    ['f:3:7 rules[0].nam: is not a key that is known; did you mean name? [key-unknown]'],
  ],
  [
    'a mistyped key in a record',
    'version: 1\nissuers: { a: { url: x, urll: y } }',
    ['f:2:25 issuers.a.urll: is not a key that is known; did you mean url? [key-unknown]'],
  ],
  [
    'a mistyped key in a choice',
    'version: 1\nrules: [{ name: a, test: { any_of: [x], any_off: [y] } }]',
    [
      'f:2:41 rules[0].test.any_off: is not a key that is known; did you mean any_of? [key-unknown]',
    ],
  ],
  [
    'a mistyped key below a choice',
    'version: 1\nrules: [{ name: a, test: { any_of: [x], but: { not: x, nott: y } } }]',
    ['f:2:56 rules[0].test.but.nott: is not a key that is known; did you mean not? [key-unknown]'],
  ],
  [
    'a key that is like none',
    'version: 1\nrules: [{ name: a, test: b, colour: c }]',
    ['f:2:29 rules[0].colour: is not a key that is known; known here: name, test [key-unknown]'],
  ],
  [
    'no member of a choice',
    'version: 1\nrules: [{ name: a, test: 7 }]',
    ['f:2:26 rules[0].test: is neither [value-invalid]'],
  ],
  [
    'an alias of the wrong kind',
    'version: 1\non: &a true\nrules: [{ name: *a, test: b }]',
    ['f:2:8 rules[0].name: is not text; put the value in quotes [value-invalid]'],
  ],
]

for (const [what, text, lines] of cases) {
  void t.test(`${what} is a problem that says what to write`, async (t) => {
    t.strictSame(shapeProblems(text, shape), lines)
  })
}

void t.test('all problems come at once', async (t) => {
  const text = 'version: 2\non: x\nrules: [{ nam: a }, 7]\nextra: 1\n'
  t.strictSame(
    shapeProblems(text, shape).map((line) => line.split(':').slice(1, 3).join(':')),
    [
      '1:10 version',
      '2:5 on',
      '3:9 rules[0].name',
      '3:9 rules[0].test',
      '3:11 rules[0].nam',
      '3:21 rules[1]',
      '4:1 extra',
    ],
  )
})

void t.test('what fits is there, with defaults filled in', async (t) => {
  const { yaml } = parseYaml('f', 'version: 1\nissuers: { a: &u { url: x }, b: *u }\n')
  t.strictSame(checkShape(yaml, shape), {
    ok: true,
    value: { version: 1, count: 1, rules: [], issuers: { a: { url: 'x' }, b: { url: 'x' } } },
  })
})

void t.test('aliases that explode, or stand for nothing, are a problem and no crash', async (t) => {
  const bomb = ['version: 1', 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 9; level++) {
    const tenfold = Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')
    bomb.push(`a${level}: &a${level} [${tenfold}]`)
  }
  const wrong =
    /^f: has aliases that cannot be resolved \(.+\); write out what they stand for \[yaml-alias\]$/
  t.match(shapeProblems(bomb.join('\n'), shape), [wrong])
  t.match(shapeProblems('version: *nobody', shape), [wrong])
})

void t.test('an alias of what it stands in is a problem too', async (t) => {
  t.ok(shapeProblems('version: 1\nrules: &r [*r]', shape).length > 0)
})

void t.test('a key that every object has is no key of a shape', async (t) => {
  for (const key of ['constructor', 'toString', 'hasOwnProperty']) {
    t.match(shapeProblems(`version: 1\n${key}: { x: 1 }`, shape), [/^f:2:1 \w+: is not a key/])
  }
})

void t.test('a path is written as programs write it', async (t) => {
  t.equal(formatPath([]), '')
  t.equal(formatPath(['machines', 0, 'match', 'ref']), 'machines[0].match.ref')
})

void t.test('a choice that is almost one of the choices is told which', async (t) => {
  const choice = z.strictObject({ level: z.enum(['debug', 'info'], { error: 'is not a level' }) })
  t.strictSame(shapeProblems('level: inof', choice), [
    'f:1:8 level: is not a level; did you mean info? [value-invalid]',
  ])
  t.strictSame(shapeProblems('level: [debug]', choice), [
    'f:1:8 level: is not a level [value-invalid]',
  ])
})

void t.test('a choice that is of the right kind is told what else is wrong with it', async (t) => {
  const some = z
    .strictObject({ a: z.string().optional() })
    .refine((value) => Object.keys(value).length > 0, { error: 'is empty' })
  const choice = z.strictObject({ x: z.union([z.string(), some], { error: 'is neither' }) })
  t.strictSame(shapeProblems('x: {}', choice), ['f:1:4 x: is empty [value-invalid]'])
  t.strictSame(shapeProblems('x: { a: 1 }', choice), [
    'f:1:9 x.a: is not text; put the value in quotes [value-invalid]',
  ])
  t.strictSame(shapeProblems('x: 1', choice), ['f:1:4 x: is neither [value-invalid]'])
})

const choices = z.strictObject({
  to: z.array(
    z.union([
      z.strictObject({ file: z.string() }),
      z.strictObject({ hook: z.string(), secret: z.string() }),
    ]),
  ),
  by: z
    .discriminatedUnion(
      'kind',
      [
        z.strictObject({ kind: z.literal('post'), box: z.string() }),
        z.strictObject({ kind: z.literal('phone') }),
      ],
      { error: 'is no kind; write post or phone' },
    )
    .optional(),
})

const chosen: readonly [what: string, text: string, lines: readonly string[]][] = [
  [
    'a choice that lacks a key',
    'to: [{ hook: a }]',
    ['f:1:6 to[0].secret: is missing; it is needed [key-missing]'],
  ],
  [
    'a choice with a slip',
    'to: [{ hok: a, secret: b }]',
    [
      'f:1:6 to[0].hook: is missing; it is needed [key-missing]',
      'f:1:8 to[0].hok: is not a key that is known; did you mean hook? [key-unknown]',
    ],
  ],
  [
    'keys of two choices at once',
    'to: [{ file: a, hook: b }]',
    ['f:1:17 to[0].hook: does not go with the keys beside it; take one of them out [key-unknown]'],
  ],
  [
    'a kind with a slip',
    'to: []\nby: { kind: pots, box: a }',
    ['f:2:13 by.kind: is no kind; write post or phone; did you mean post? [value-invalid]'],
  ],
  [
    'no kind at all',
    'to: []\nby: { box: a }',
    ['f:2:5 by.kind: is no kind; write post or phone [key-missing]'],
  ],
]

for (const [what, text, lines] of chosen) {
  void t.test(`${what} is told what is wrong with it`, async (t) => {
    t.strictSame(shapeProblems(text, choices), lines)
  })
}
