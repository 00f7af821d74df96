import t from 'tap'
import * as values from '../../src/config/entry-values.ts'

type Row = readonly [
  values: { safeParse: (value: unknown) => { success: boolean } },
  good: readonly unknown[],
  bad: readonly unknown[],
]

const rows: Readonly<Record<string, Row>> = {
  text: [values.text, ['x', 'x'.repeat(1060)], ['', 1, 'x'.repeat(1101)]],
  claimValue: [values.claimValue, ['', 'x'], [1, null]],
  count: [values.count, [0, 7], [-1, 0.5, '1']],
  digest: [values.digest, ['0a'.repeat(32)], ['0A'.repeat(32), '0a', `${'0a'.repeat(32)}\n`]],
  fileHash: [values.fileHash, [`sha256:${'0a'.repeat(32)}`], ['0a'.repeat(32), 'sha256:0a']],
  keyId: [values.keyId, ['0123abcd'], ['0123ABCD', '123']],
  entryId: [
    values.entryId,
    [`01${'J'.repeat(24)}`],
    [`81${'J'.repeat(24)}`, `01${'I'.repeat(24)}`],
  ],
  moment: [values.moment, ['2026-11-23T09:14:02.113Z'], ['2026-11-23T09:14:02Z', '2026-11-23']],
  decisionId: [values.decisionId, ['d-7KQ20HXZ5V3N'], ['7KQ2', 'd-', 'd-a b']],
  refusalCode: [values.refusalCode, ['not_granted'], ['granted']],
  verb: [values.verb, ['start', 'cluster'], ['do']],
  guard: [values.guard, ['agents'], ['dogs']],
  counts: [values.counts, [{}, { a: 1 }], [{ a: 0 }, { a: 'b' }]],
  hashInForce: [values.hashInForce, [`sha256:${'0a'.repeat(32)}`], ['none']],
}

t.test('each value takes what it is for, and nothing else', async (t) => {
  for (const [name, [shape, good, bad]] of Object.entries(rows)) {
    for (const value of good) t.ok(shape.safeParse(value).success, `${name} ${String(value)}`)
    for (const value of bad) t.notOk(shape.safeParse(value).success, `${name} ${String(value)}`)
  }
})

t.test('every kind of entry has a name, once', async (t) => {
  t.equal(new Set(values.entryKinds).size, values.entryKinds.length)
  t.ok('prev' in values.common)
})
