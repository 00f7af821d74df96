import t from 'tap'
import { factsOf, timeOf } from '../../../src/review/search/entry-facts.ts'
import { states } from '../../../src/review/search/schema.ts'

void t.test('a decision has its texts, each with the id that it is also found by', async (t) => {
  const facts = factsOf({
    kind: 'decision',
    decision_id: 'd-1',
    outcome: 'refused',
    code: 'not_granted',
    project_path: 'group/app',
    project_id: '48',
    user_id: '7',
    workflow_id: '',
    method: 5,
  })
  t.strictSame(facts, {
    kind: 'call',
    decisionId: 'd-1',
    refused: true,
    weight: 1,
    names: [
      { column: 'project', text: 'group/app', also: '48' },
      { column: 'person', text: '', also: '7' },
      { column: 'code', text: 'not_granted', also: '' },
    ],
    end: undefined,
  })
})

void t.test('how a call ended is told by its completion', async (t) => {
  for (const [outcome, state] of [
    ['completed', states.completed],
    ['failed', states.failed],
    ['cancelled', states.cancelled],
    ['unknown', states.unknown],
    ['something else', states.unknown],
    [undefined, states.unknown],
  ] as const) {
    const facts = factsOf({ kind: 'completion', decision_id: 'd-1', outcome })
    t.strictSame(facts, { kind: 'end', decisionId: 'd-1', end: { state, code: undefined } })
  }
})

void t.test('one entry for a whole call is the call and its end', async (t) => {
  const facts = factsOf({
    kind: 'completion',
    level: 'completion',
    decision_id: 'd-1',
    decision: 'allowed',
    outcome: 'failed',
    code: 'answer_too_large',
  })
  t.match(facts, {
    kind: 'call',
    decisionId: 'd-1',
    refused: false,
    end: { state: states.failed, code: 'answer_too_large' },
  })
})

void t.test('many refusals in one entry have no name, and weigh as many as they are', async (t) => {
  const flood = { kind: 'refusals', decision_id: 'd-1', code: 'credential_missing' }
  for (const [count, weight] of [
    [412, 412],
    [0, 1],
    [-5, 1],
    [1.5, 1],
    ['412', 1],
    [undefined, 1],
  ]) {
    t.match(factsOf({ ...flood, count }), {
      kind: 'call',
      decisionId: undefined,
      refused: true,
      weight,
      names: [{ column: 'code', text: 'credential_missing' }],
    })
  }
  t.match(factsOf({ kind: 'decision', count: 9 }), { weight: 1 })
})

void t.test('of other entries only those are kept that are looked for', async (t) => {
  for (const [entry, facts] of [
    [
      { kind: 'identity', token_sha256: 'ab' },
      { kind: 'identity', token: 'ab' },
    ],
    [{ kind: 'identity' }, { kind: 'other' }],
    [{ kind: 'review', action: 'sign_off' }, { kind: 'sign_off' }],
    [{ kind: 'review', action: 'search' }, { kind: 'other' }],
    [{ kind: 'completion' }, { kind: 'other' }],
    [{ kind: 'checkpoint' }, { kind: 'other' }],
    [{}, { kind: 'other' }],
  ] as const) {
    t.strictSame(factsOf(entry), facts, JSON.stringify(entry))
  }
})

void t.test('an entry without a time is as old as can be', async (t) => {
  t.equal(timeOf({ time: '2026-11-23T09:14:02.113Z' }), 1_795_425_242_113)
  for (const time of ['yesterday', 5, undefined]) t.equal(timeOf({ time }), 0)
})
