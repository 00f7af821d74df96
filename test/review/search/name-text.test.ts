import { DatabaseSync } from 'node:sqlite'
import t from 'tap'
import { nameText, wantedOf } from '../../../src/review/search/name-text.ts'

void t.test('what SQLite would cut or change stands as the sign for it', async (t) => {
  t.equal(nameText('a\0b'), 'a\uFFFDb')
  t.equal(nameText('a\uD800b'), 'a\uFFFDb')
  t.equal(nameText('x'.repeat(5_000)).length, 1_100)
  t.equal(nameText("pay'); DROP TABLE calls; --"), "pay'); DROP TABLE calls; --")
})

void t.test('a text without a star is looked for as it is', async (t) => {
  t.strictSame(wantedOf('a?[b]%_'), { kind: 'exact', text: 'a?[b]%_' })
})

/** What SQLite finds among texts, as the statements of the index ask it. */
function found(filter: string, texts: readonly string[]): readonly unknown[] {
  const wanted = wantedOf(filter)
  if (wanted?.kind !== 'pattern') return texts.filter((text) => text === wanted?.text)
  const database = new DatabaseSync(':memory:')
  database.exec('CREATE TABLE names (text TEXT)')
  for (const text of texts) database.prepare('INSERT INTO names VALUES (?)').run(nameText(text))
  const rows = database
    .prepare(
      `SELECT text FROM names WHERE text >= :start AND (:end IS NULL OR text < :end)
       AND text GLOB :glob ORDER BY rowid`,
    )
    .all({ start: wanted.start, end: wanted.end ?? null, glob: wanted.glob })
  database.close()
  return rows.map((row) => row['text'])
}

void t.test('what is longer than any text fits none', async (t) => {
  t.equal(wantedOf('x'.repeat(1_101)), undefined)
  t.match(wantedOf('x'.repeat(1_100)), { kind: 'exact' })
  t.equal(wantedOf(`${'?'.repeat(1_100)}*`), undefined)
  t.match(wantedOf(`${'*'.repeat(5_000)}x`), { kind: 'pattern', glob: '*x' })
})

void t.test('a star stands for anything, and everything else for itself', async (t) => {
  const texts = [
    'order-1',
    'order-12',
    'Order-1',
    'reorder',
    'a?c',
    'abc',
    'a[b]c',
    'ab',
    'ä-1',
    '',
  ]
  const cases: readonly (readonly [filter: string, ...found: string[]])[] = [
    ['order*', 'order-1', 'order-12'],
    ['*order', 'reorder'],
    ['*rder*', 'order-1', 'order-12', 'Order-1', 'reorder'],
    ['*', ...texts],
    ['***', ...texts],
    ['o*1', 'order-1'],
    ['a?*', 'a?c'],
    ['a[b]*', 'a[b]c'],
    ['ä*', 'ä-1'],
    ['z*'],
  ]
  for (const [filter, ...expected] of cases) t.strictSame(found(filter, texts), expected, filter)
})

void t.test(
  'the range of a beginning has all that begin so, at the ends of the code space too',
  async (t) => {
    for (const start of ['\u{D7FF}', '\u{10FFFF}', 'a\u{10FFFF}', '\u{FFFF}', '\u{1F600}', 'é']) {
      const texts = [start, `${start}x`, `${start}\u{10FFFF}`, 'b', '\u{E000}', '']
      const expected = texts.filter((text) => text.startsWith(start))
      t.strictSame(found(`${start}*`, texts), expected, JSON.stringify(start))
    }
  },
)
