import t from 'tap'
import { createGaps } from '../../../src/audit/verify/gaps.ts'
import type { ParsedLine } from '../../../src/audit/verify/parsed-line.ts'
import { createProblems } from '../../../src/audit/verify/problems.ts'

const place = { segment: '000000000005.jsonl', line: undefined, seq: 5, order: 0 }
const gap = { from: 1, through: 4, prev: 'four', place }

function retention(seq: number, fields: object): ParsedLine {
  return { seq, prev: '', kind: 'retention', time: '', entry: { ...fields } }
}

function check(act: (gaps: ReturnType<typeof createGaps>) => void, signedThrough = 100) {
  const problems = createProblems()
  const gaps = createGaps({ problems })
  act(gaps)
  gaps.finish(signedThrough)
  return problems.list().map(({ code, message }) => `${code}: ${message}`)
}

const removed = { removed_through_seq: 4, removed_head: 'four' }

void t.test('entries that the journal has removed itself are no problem', async (t) => {
  t.strictSame(
    check((gaps) => {
      gaps.add(gap)
      gaps.retention(retention(9, removed), place)
      gaps.retention(retention(20, { removed_through_seq: 2, removed_head: 'two' }), place)
    }),
    [],
  )
})

void t.test('nor are those of a removal that is under way', async (t) => {
  const said = check((gaps) => {
    gaps.add({ ...gap, through: 2, prev: 'two' })
    gaps.endSegment(4, 'four')
    gaps.retention(retention(9, removed), place)
  })
  t.strictSame(said, [])
})

void t.test('a beginning that is missing otherwise is found', async (t) => {
  t.match(
    check((gaps) => gaps.add(gap)),
    [/^missing_beginning: entries 1 to 4 are missing: and no retention entry says/],
  )
  const toofew = { ...removed, removed_through_seq: 3 }
  t.match(
    check((gaps) => {
      gaps.add(gap)
      gaps.retention(retention(9, toofew), place)
    }),
    [/^missing_beginning/],
  )
})

void t.test('a segment that is missing is named', async (t) => {
  t.match(
    check((gaps) => gaps.add({ ...gap, from: 3 })),
    [
      /^missing_segment: entries 3 to 4 are missing: 000000000003.jsonl is gone, or they were cut off/,
    ],
  )
})

void t.test('a retention entry that nobody has signed accounts for nothing', async (t) => {
  const act = (gaps: ReturnType<typeof createGaps>) => {
    gaps.add(gap)
    gaps.retention(retention(9, removed), place)
  }
  t.match(check(act, 8), [/^missing_beginning: .*which no checkpoint covers yet/])
  t.strictSame(check(act, 9), [])
})

void t.test('a retention entry that does not fit is found', async (t) => {
  t.match(
    check((gaps) => {
      gaps.add({ ...gap, prev: 'another' })
      gaps.retention(retention(9, removed), place)
    }),
    [
      /^bad_retention: the entry that follows names another SHA-256 for entry 4 than retention entry 9/,
    ],
  )
  t.strictSame(
    check((gaps) => {
      gaps.add({ ...gap, prev: undefined })
      gaps.retention(retention(9, removed), place)
    }),
    [],
    'where the first line is not the one that is due, that is said elsewhere',
  )
  t.match(
    check((gaps) => {
      gaps.endSegment(4, 'another')
      gaps.retention(retention(9, removed), place)
    }),
    [/^bad_retention: says that entry 4 had another SHA-256 than it has/],
  )
  for (const fields of [{}, { removed_through_seq: 9 }]) {
    t.match(
      check((gaps) => gaps.retention(retention(9, fields), place)),
      [/^bad_retention: does not say which/],
    )
  }
})
