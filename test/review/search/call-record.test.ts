import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { readCallRecord } from '../../../src/review/search/call-record.ts'
import {
  completionBody,
  decisionBody,
  filled,
  journalByHand,
  timeText,
} from '../../support/indexed-journal.ts'

const identity = { time: timeText(0), kind: 'identity', token_sha256: 'ab' } as const

void t.test('everything about a call is as it stands in the journal', async (t) => {
  const { directory, append, entries } = journalByHand(t.testdir())
  append([
    identity,
    decisionBody({ decision_id: 'a', token_sha256: 'ab' }),
    completionBody('a'),
    decisionBody({ decision_id: 'b', outcome: 'refused' }),
    decisionBody({ decision_id: 'c', token_sha256: 'cd' }),
  ])
  const { database, close } = await filled(directory)
  t.teardown(close)
  const options = { directory, addFault: (why: string) => void t.fail(why) }
  const record = (id: string) => readCallRecord(database, options, id)
  const [who, decision, completion, refused, unknown] = entries
  t.strictSame(record('a'), { decision, completion, identity: who })
  t.strictSame(record('b'), { decision: refused, completion: undefined, identity: undefined })
  t.strictSame(record('c'), { decision: unknown, completion: undefined, identity: undefined })
  t.equal(record('d'), undefined)
})

void t.test('nothing is shown that is not there any more', async (t) => {
  const { directory, append } = journalByHand(t.testdir())
  append([identity, decisionBody({ decision_id: 'a', token_sha256: 'ab' })])
  const { database, close } = await filled(directory)
  t.teardown(close)
  const faults: string[] = []
  const options = { directory, addFault: (why: string) => void faults.push(why) }
  const record = () => readCallRecord(database, options, 'a')
  const path = segmentPath(directory, 1)
  const text = readFileSync(path, 'utf8')
  const change = (from: string, to: string) => writeFileSync(path, text.replace(from, to))
  change('"token_sha256":"ab"', '"token_sha256":"zz"')
  t.match(record(), { decision: { decision_id: 'a' }, identity: undefined })
  change('"kind":"identity"', '"kind":"secret!!"')
  t.equal(record()?.identity, undefined)
  change('"seq":1', '"seq":7')
  t.equal(record()?.identity, undefined)
  t.strictSame(faults, [])
  change('"seq":2', '"seq":7')
  t.equal(record(), undefined)
  t.equal(faults.length, 1)
})
