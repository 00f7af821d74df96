import t from 'tap'
import { CallEntry } from '../../src/record/call-entry.ts'
import { JsonBytes } from '../../src/record/json-bytes.ts'

const fields = {
  time: '2026-11-23T09:14:02.113Z',
  kind: 'decision',
  decision_id: 'd-1',
  outcome: 'refused',
  code: 'not_granted',
} as const

const entry = new CallEntry(fields, (out) => out.text('"kind":"decision","workflow_id":"収"'))

const written = (each: CallEntry) => {
  const out = new JsonBytes(10)
  each.writeTo(out)
  return out.between(0, out.length).toString()
}

void t.test('what the journal looks at can be read before the entry is written', async (t) => {
  t.match(entry, fields)
  t.equal(entry['workflow_id'], undefined)
})

void t.test('it is written by what it was made with', async (t) => {
  t.equal(written(entry), '"kind":"decision","workflow_id":"収"')
})

void t.test(
  'one more field goes behind the others, and the entry itself is left alone',
  async (t) => {
    const more = entry.with('dropped_entries', 2000)
    t.match(more, fields)
    t.equal(written(more), `${written(entry)},"dropped_entries":2000`)
    t.notMatch(written(entry), /dropped/)
  },
)

void t.test('logs show it as readers of the journal see it', async (t) => {
  t.equal(JSON.stringify({ entry }), '{"entry":{"kind":"decision","workflow_id":"収"}}')
})
