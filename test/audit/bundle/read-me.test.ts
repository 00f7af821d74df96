import t from 'tap'
import { readMe } from '../../../src/audit/bundle/read-me.ts'

const parts: Parameters<typeof readMe>[0] = {
  format: 'sallyport-audit-bundle/1',
  version: '0.1.0',
  period: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' },
  entries: { first_seq: 40, last_seq: 72, after: { seq: 39, sha256: 'abc' }, head: 'def' },
  contents: { first_seq: 41, last_seq: 70, calls_allowed: 11, calls_refused: 2, kinds: {} },
  is_closed: true,
  keys: [],
  policies: [
    { hash: 'sha256:one', file: 'policies/one.yaml' },
    { hash: 'sha256:two', file: null },
  ],
  journal: { ok: true, first_seq: 1, last_seq: 90, problem_count: 0, problems: [] },
  verify: '',
}

void t.test('it says what is there, how to check it, and what is missing', async (t) => {
  const text = readMe(parts)
  t.match(text, '11 calls allowed, 2 refused')
  t.match(text, 'entries 40 to 72')
  t.match(text, 'sallyport audit verify --bundle FILE --key KEY')
  t.match(text, 'is all here')
  t.match(text, 'The policy sha256:two was in force, and its file was not given.\n')
  t.notMatch(text, 'sha256:one')
  t.notMatch(text, 'PROBLEM')
})

void t.test('it does not hide that the end is open, or that the journal is damaged', async (t) => {
  const journal = { ...parts.journal, ok: false, problem_count: 3 }
  const text = readMe({ ...parts, is_closed: false, journal })
  t.match(text, 'NO CHECKPOINT FROM A MINUTE AFTER THE PERIOD IS THERE')
  t.notMatch(text, 'is all here')
  t.match(text, 'THE JOURNAL HAD 3 PROBLEMS')
})
