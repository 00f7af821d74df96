import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { callsIn, readAudit, readCalls } from '../../src/demo/audit-trail.ts'

const entry = (fields: object) =>
  `${JSON.stringify({ time: '2026-11-23T00:00:00.000Z', ...fields })}\n`
const decision = (seq: number, fields: object = {}) =>
  entry({ seq, kind: 'decision', decision_id: `d-${seq}`, outcome: 'allowed', ...fields })
const completion = (seq: number, of: number) =>
  entry({ seq, kind: 'completion', decision_id: `d-${of}`, outcome: 'completed' })

const { signal } = new AbortController()
const everything = () => true

void t.test('entries of all segments are read in their order, whole lines only', async (t) => {
  const directory = t.testdir({
    'b.jsonl': decision(3) + decision(4).slice(0, 20),
    'a.jsonl': entry({ seq: 1, kind: 'start' }) + decision(2),
    'journal.lock': 'not an entry\n',
  })
  const entries = await readAudit(directory)
  t.same(
    entries.map(({ seq }) => seq),
    [1, 2, 3],
  )
})

void t.test('decisions are paired with their completions, and others are left out', async (t) => {
  const directory = t.testdir({
    'a.jsonl': decision(1) + decision(2, { job_id: '7' }) + completion(3, 1) + decision(4),
  })
  const calls = callsIn(await readAudit(directory), ({ job_id: job }) => job !== '7')
  t.same(
    calls.map((call) => [call.decision.seq, call.completion?.seq]),
    [
      [1, 3],
      [4, undefined],
    ],
  )
})

void t.test('a completion that is written late is waited for', async (t) => {
  const directory = t.testdir({ 'a.jsonl': decision(1) + decision(2, { outcome: 'refused' }) })
  let looks = 0
  const filter = () => {
    looks += 1
    if (looks === 3) void appendFile(join(directory, 'a.jsonl'), completion(3, 1))
    return true
  }
  const calls = await readCalls({ directory, filter, signal })
  t.same(
    calls.map((call) => call.completion?.seq),
    [3, undefined],
  )
})

void t.test('a completion that never comes is done without', async (t) => {
  const directory = t.testdir({ 'a.jsonl': decision(1) })
  const calls = await readCalls({ directory, filter: everything, signal, timeoutMs: 1 })
  t.equal(calls.length, 1)
  t.equal(calls[0]?.completion, undefined)
})
