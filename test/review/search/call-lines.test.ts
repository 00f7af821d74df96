import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { readCallLines } from '../../../src/review/search/call-lines.ts'
import { placesSince } from '../../../src/review/search/lookups.ts'
import {
  completionBody,
  decisionBody,
  filled,
  journalByHand,
} from '../../support/indexed-journal.ts'

/** Two calls in two segments, of which the second is one entry. */
async function twoCalls(t: Test) {
  const { directory, append } = journalByHand(t.testdir())
  append([decisionBody({ decision_id: 'a' }), completionBody('a')])
  append(
    [completionBody('b', { level: 'completion' }), decisionBody({ decision_id: 'c' })],
    'new_segment',
  )
  const { database, close } = await filled(directory)
  t.teardown(close)
  const calls = placesSince(database, { seq: 0, max: 9 })
  const faults: string[] = []
  const options = { directory, addFault: (why: string) => void faults.push(why) }
  return { directory, faults, read: () => readCallLines(options, calls) }
}

void t.test('a call has the lines of its decision and its end, or one for both', async (t) => {
  const { read, faults } = await twoCalls(t)
  const [open, whole, pair] = read()
  t.match(pair, { decision: { entry: { seq: 1 } }, completion: { entry: { seq: 2 } } })
  t.equal(whole?.completion, whole?.decision)
  t.match(open, { decision: { entry: { seq: 4 } }, completion: undefined })
  t.strictSame(faults, [])
})

void t.test('what retention has removed is left out, and no fault', async (t) => {
  const { directory, read, faults } = await twoCalls(t)
  rmSync(segmentPath(directory, 1))
  t.strictSame(
    read().map(({ decision }) => decision.entry['seq']),
    [4, 3],
  )
  rmSync(segmentPath(directory, 3))
  t.strictSame(read(), [])
  t.strictSame(faults, [])
})

void t.test('what is not where it was read is left out, and told of', async (t) => {
  const { directory, read, faults } = await twoCalls(t)
  const path = segmentPath(directory, 1)
  const [first = '', second = ''] = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${first}\n ${second}\n`)
  t.match(read()[2], { completion: { entry: { seq: 2 } } }, 'a space before an entry is no fault')
  writeFileSync(path, `${first}\n${first}\n`)
  t.match(read()[2], { decision: { entry: { seq: 1 } }, completion: undefined })
  t.strictSame(faults, ['entry 2 is no longer where it was read'])
  writeFileSync(path, `${second}\n`)
  t.equal(read().length, 2)
  t.ok(faults.includes('entry 1 is no longer where it was read'))
})
