import t from 'tap'
import { createPairing, type Pairing } from '../../../src/audit/verify/pairing.ts'
import { createProblems } from '../../../src/audit/verify/problems.ts'

/** Entries in short: what they are, and about which call. */
const entries: Record<string, object> = {
  allow: { kind: 'decision', outcome: 'allowed' },
  refuse: { kind: 'decision', outcome: 'refused' },
  end: { kind: 'completion', outcome: 'completed' },
  close: { kind: 'completion', outcome: 'unknown' },
  whole: { kind: 'completion', level: 'completion', outcome: 'completed' },
  start: { kind: 'start' },
  stop: { kind: 'stop' },
}

/** Pairs entries such as `allow a`; `start 2` closes two calls, `skip` is a gap. */
function pair(text: string) {
  const problems = createProblems()
  const pairing: Pairing = createPairing({ problems })
  for (const [index, step] of text.split(', ').entries()) {
    const [what = '', about] = step.split(' ')
    if (what === 'skip') {
      pairing.skip()
      continue
    }
    const isCount = what === 'start' && about !== undefined
    const entry = {
      ...entries[what],
      ...(isCount ? { closed_calls: Number(about) } : about && { decision_id: about }),
    }
    const kind = String((entry as { kind?: unknown }).kind)
    const line = { seq: index + 1, prev: '', time: '', kind, entry }
    pairing.take(line, { segment: 's', line: index + 1, seq: index + 1, order: index + 1 })
  }
  const counts = pairing.finish()
  return { ...counts, said: problems.list().map(({ line, code }) => `${line} ${code}`) }
}

const right: Record<
  string,
  readonly [text: string, allowed: number, refused: number, open: number]
> = {
  'a call that ends': ['start, allow a, end a, stop', 1, 0, 0],
  'calls that overlap': ['allow a, allow b, end b, end a', 2, 0, 0],
  'a refusal': ['refuse a, stop', 0, 1, 0],
  'a call in one entry': ['whole a', 1, 0, 0],
  'a call that is under way': ['start, allow a', 1, 0, 1],
  'a call that was left open at a stop': ['start, allow a, stop', 1, 0, 1],
  'a call that the next start closes': ['start, allow a, start 1, close a', 1, 0, 0],
  'a start that has not closed it yet': ['start, allow a, allow b, start 2, close b', 2, 0, 1],
  'a start that was cut short, and the next': [
    'allow a, allow b, start 2, close a, start 1, close b',
    2,
    0,
    0,
  ],
  'an end of what began before the part': ['skip, end a, allow b, end b', 1, 0, 0],
  'a close of what began before the part': ['skip, start 1, close a', 0, 0, 0],
  'what is behind a gap': ['allow a, skip, end a, end b', 1, 0, 0],
}

for (const [name, [text, allowed, refused, open]] of Object.entries(right)) {
  void t.test(`is in order: ${name}`, async (t) => {
    t.strictSame(pair(text), { allowed, refused, open, said: [] })
  })
}

const wrong: Record<string, readonly [text: string, said: readonly string[]]> = {
  'an end of nothing': ['start, end a', ['2 no_decision']],
  'two ends': ['allow a, end a, end a', ['3 second_completion']],
  'an end of a refusal': ['refuse a, end a', ['2 second_completion']],
  'an end of a call in one entry': ['whole a, end a', ['2 second_completion']],
  'two decisions': ['allow a, refuse a', ['2 duplicate_decision']],
  'two decisions, apart': ['allow a, end a, allow a', ['3 duplicate_decision']],
  'a call in one entry, twice': ['whole a, whole a', ['2 duplicate_decision']],
  'a call that no start closed': ['allow a, start, allow b', ['1 no_completion']],
  'one of several': ['allow a, allow b, start 1, close b, start', ['1 no_completion']],
  'more than the start has said': [
    'allow a, allow b, start 1, close b, allow c',
    ['1 no_completion'],
  ],
  'a call that was left open two starts ago': [
    'allow a, start 1, start, stop',
    ['1 no_completion'],
  ],
  'an end of nothing, behind a gap and a start': ['skip, start, end a', ['3 no_decision']],
  'entries without an id': ['allow, end', ['1 no_decision_id', '2 no_decision_id']],
}

for (const [name, [text, said]] of Object.entries(wrong)) {
  void t.test(`is found: ${name}`, async (t) => {
    t.strictSame(pair(text).said, said)
  })
}
