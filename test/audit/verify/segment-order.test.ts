import t from 'tap'
import type { ParsedLine } from '../../../src/audit/verify/parsed-line.ts'
import { createProblems } from '../../../src/audit/verify/problems.ts'
import { createSegmentOrder } from '../../../src/audit/verify/segment-order.ts'
import { segmentName } from '../../support/tampering.ts'

function order(due: number, partFrom?: number) {
  const problems = createProblems()
  const jumps: number[] = []
  const gaps: unknown[] = []
  const segments = createSegmentOrder({
    problems,
    chain: {
      due: () => due,
      jumpTo: (seq) => void jumps.push(seq),
      follow: () => 'next',
      vouch: () => undefined,
      finish: () => undefined,
    },
    gaps: {
      add: ({ from, through, prev }) => void gaps.push([from, through, prev]),
      endSegment: () => undefined,
      retention: () => undefined,
      finish: () => undefined,
    },
    partFrom,
  })
  const enter = (name: number, seq?: number) => {
    segments.begin(segmentName(name))
    const line: ParsedLine = { seq: seq ?? 0, prev: 'p', kind: '', time: '', entry: {} }
    return segments.enter(seq === undefined ? undefined : line)
  }
  return { segments, enter, jumps, gaps, said: () => problems.list() }
}

void t.test('a segment goes on where the one before ended', async (t) => {
  for (const seq of [7, 8, undefined]) {
    const { enter, said, jumps } = order(7)
    t.equal(enter(7, seq), 'goes_on')
    t.strictSame([said(), jumps], [[], []])
  }
})

void t.test('a segment that is missing before it is a gap', async (t) => {
  const { enter, jumps, gaps, said } = order(7)
  t.equal(enter(9, 9), 'jumps')
  t.equal(enter(9, 10), 'jumps')
  t.equal(enter(9), 'jumps')
  t.strictSame(jumps, [8, 8, 8])
  t.strictSame(gaps, [
    [7, 8, 'p'],
    [7, 8, undefined],
    [7, 8, undefined],
  ])
  t.strictSame(said(), [], 'whether that is in order is not said here')
})

void t.test('a segment by another name is told of, and read', async (t) => {
  for (const name of [3, 9]) {
    const { enter, said } = order(7)
    t.equal(enter(name, 7), 'goes_on')
    t.match(said(), [{ segment: segmentName(name), line: undefined, seq: 7, code: 'segment_name' }])
  }
})

void t.test('a segment that begins in another is no part of the chain', async (t) => {
  const { enter, said } = order(7)
  t.equal(enter(3, 3), 'aside')
  t.equal(enter(3), 'aside')
  t.match(said(), [{ code: 'segment_overlap' }, { code: 'segment_overlap' }])
})

void t.test('a part begins where it is said to', async (t) => {
  const { segments, enter, jumps, said } = order(1, 5)
  t.equal(enter(5, 5), 'jumps')
  t.strictSame(jumps, [4])
  segments.next(5)
  enter(9, 9)
  t.strictSame(jumps, [4, 8], 'the next is one like others')
  t.strictSame(said(), [])
})

void t.test('lines have their place', async (t) => {
  const { segments } = order(1)
  segments.begin(segmentName(1))
  t.strictSame(segments.next(1), { segment: segmentName(1), line: 1, seq: 1, order: 1 })
  t.match(segments.next(undefined), { line: 2, order: 2 })
  segments.begin(segmentName(3))
  t.match(segments.next(3), { segment: segmentName(3), line: 1, order: 3 })
  t.strictSame(segments.place(9), { segment: segmentName(3), line: undefined, seq: 9, order: 3 })
  t.equal(segments.count(), 2)
})

void t.test('half a line is in order only where more may come', async (t) => {
  const { segments, said } = order(1)
  segments.begin(segmentName(1))
  segments.next(1)
  segments.end({ bytes: 0, mayGrow: false })
  segments.end({ bytes: 5, mayGrow: true })
  t.strictSame(said(), [])
  segments.end({ bytes: 5, mayGrow: false })
  t.match(said(), [{ line: 2, code: 'incomplete_line', message: /half a line \(5 bytes\)/ }])
})
