import t from 'tap'
import { everything, type Filter } from '../../../src/audit/filter/filter.ts'
import { createSelection } from '../../../src/audit/filter/selection.ts'
import { compilePattern } from '../../../src/core/pattern.ts'
import type { RecordedEntry } from '../../../src/core/recorded-call.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

const test = (field: string, pattern: string) => [
  { fields: [field], patterns: [compilePattern(pattern)] },
]

const all: readonly RecordedEntry[] = Object.values(samples)

/** Names of the samples that a filter takes. */
function taken(
  changes: Partial<Filter>,
  entries: Readonly<Record<string, RecordedEntry>> = samples,
) {
  const select = createSelection({ ...everything, ...changes })
  return Object.entries(entries).flatMap(([name, entry]) => (select(entry) ? [name] : []))
}

t.test('without a filter, everything is taken', async (t) => {
  t.equal(taken({}).length, all.length)
})

t.test('a completion is taken where its decision was of such a call', async (t) => {
  t.strictSame(taken({ call: test('namespace', 'payments') }), [
    'allowed',
    'completed',
    'wholeCall',
  ])
  t.strictSame(taken({ call: test('namespace', 'treasury') }), ['refused'])
  const early = { completed: samples.completed, allowed: samples.allowed }
  t.strictSame(taken({ call: test('rule', '*') }, early), ['allowed'], 'never before its decision')
  t.strictSame(taken({ call: test('rule', '*') }, { unknown: { kind: 'completion' } }), [])
  const nameless = { kind: 'decision', outcome: 'allowed', rule: 'r' }
  t.strictSame(taken({ call: test('rule', '*') }, { nameless }), ['nameless'])
})

t.test('what an entry says itself is asked of it alone', async (t) => {
  t.strictSame(taken({ own: test('outcome', 'completed') }), ['completed'])
  t.strictSame(
    taken({ own: test('outcome', 'completed'), call: test('namespace', 'payments') }),
    ['completed'],
    'though its decision is not shown',
  )
  t.strictSame(taken({ own: test('kind', 'start') }), ['start'])
})

t.test('a period begins with its first moment and ends before its last', async (t) => {
  const from = Date.parse(samples.allowed.time)
  const to = Date.parse(samples.unverified.time)
  t.strictSame(taken({ from, to }), ['allowed', 'refused'])
  t.strictSame(taken({ from: Date.parse(samples.stop.time) }), ['stop'])
  t.strictSame(taken({ to }, { timeless: { kind: 'stop' } }), [], 'no time is in no period')
})

t.test('hidden kinds are left out', async (t) => {
  const hidden = new Set(['checkpoint', 'identity'])
  t.equal(taken({ hidden }).length, all.length - 2)
  t.strictSame(taken({ hidden }, { odd: { kind: 7 } }), ['odd'])
})
