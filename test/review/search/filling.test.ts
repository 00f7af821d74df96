import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { openFilling, type Filling } from '../../../src/review/search/filling.ts'
import { until } from '../../support/audit-files.ts'
import {
  completionBody,
  decisionBody,
  filled,
  journalByHand,
  madeEntries,
  timeText,
} from '../../support/indexed-journal.ts'

const callCount = ({ database }: Filling) => {
  return Number(database.prepare('SELECT count(*) AS n FROM calls').get()?.['n'])
}

void t.test('takes in a journal of several segments, and what is added to it', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' })])
  journal.append([decisionBody({ decision_id: 'b' })], 'new_segment')
  const filling = openFilling({ directory: journal.directory, durable: () => Infinity })
  t.equal(filling.isCaughtUp(), false)
  const ending = new AbortController()
  const running = filling.run(ending.signal)
  await until(filling.isCaughtUp)
  t.equal(filling.indexedSeq(), 2)
  journal.append([completionBody('a'), decisionBody({ decision_id: 'c' })])
  await until(() => filling.indexedSeq() === 4)
  t.equal(callCount(filling), 3)
  ending.abort()
  await running
  filling.close()
})

void t.test('goes on where it was, and writes nothing twice', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append(madeEntries(300))
  const first = await filled(journal.directory)
  const count = callCount(first)
  first.close()
  const again = openFilling({ directory: journal.directory, durable: () => Infinity })
  t.equal(again.indexedSeq(), journal.entries.length)
  t.equal(callCount(again), count)
  again.close()
  journal.append([decisionBody({ decision_id: 'new' })])
  const second = await filled(journal.directory)
  t.equal(callCount(second), count + 1)
  const row = second.database.prepare("SELECT place FROM calls WHERE decision_id = 'new'").get()
  const text = readFileSync(segmentPath(journal.directory, 1), 'utf8')
  t.match(text.slice(Number(row?.['place'])), /^\{[^\n]+"decision_id":"new"/)
  second.close()
})

void t.test('what was not committed is read again', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append(madeEntries(13_000))
  const filling = openFilling({ directory: journal.directory, durable: () => Infinity })
  const ending = new AbortController()
  const running = filling.run(ending.signal)
  await until(() => filling.indexedSeq() > 20_500)
  filling.close()
  await t.rejects(running)
  const again = openFilling({ directory: journal.directory, durable: () => Infinity })
  t.ok(again.indexedSeq() >= 20_000 && again.indexedSeq() < journal.entries.length)
  again.close()
  const whole = await filled(journal.directory)
  const decisions = journal.entries.filter(({ kind }) => kind === 'decision' || kind === 'refusals')
  t.equal(callCount(whole), decisions.length)
  whole.close()
})

void t.test('takes nothing that is not durable', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody(), decisionBody(), decisionBody()])
  let durable = 2
  const filling = openFilling({ directory: journal.directory, durable: () => durable })
  const ending = new AbortController()
  const running = filling.run(ending.signal)
  await until(filling.isCaughtUp)
  t.equal(filling.indexedSeq(), 2)
  durable = 3
  await until(() => filling.indexedSeq() === 3)
  ending.abort()
  await running
  filling.close()
})

void t.test(
  'a fault in the journal is passed over, kept, and lines behind it are found',
  async (t) => {
    const journal = journalByHand(t.testdir())
    journal.append([decisionBody({ decision_id: 'a' })])
    appendFileSync(segmentPath(journal.directory, 1), 'somebody was here\n')
    journal.append([decisionBody({ decision_id: 'b' })])
    const filling = await filled(journal.directory)
    t.match(filling.fault(), /entry 2 .* a line is no entry/)
    const row = filling.database.prepare("SELECT place FROM calls WHERE decision_id = 'b'").get()
    const text = readFileSync(segmentPath(journal.directory, 1), 'utf8')
    t.match(text.slice(Number(row?.['place'])), /^\{[^\n]+"decision_id":"b"/)
    filling.addFault('another')
    t.match(filling.fault(), /entry 2/, 'the first is told')
    filling.close()
    const again = openFilling({ directory: journal.directory, durable: () => Infinity })
    t.match(again.fault(), /entry 2/)
    again.close()
  },
)

void t.test('rejects where what was read is no longer there', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' }), decisionBody({ decision_id: 'b' })])
  const first = await filled(journal.directory)
  first.close()
  const path = segmentPath(journal.directory, 1)
  const [line = ''] = readFileSync(path, 'utf8').split('\n')
  writeFileSync(path, `${line}\n`)
  const second = openFilling({ directory: journal.directory, durable: () => Infinity })
  await t.rejects(second.run(new AbortController().signal), { name: 'JournalRewritten' })
  second.close()
})

void t.test('what retention removes goes from the index, too', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' }), decisionBody({ decision_id: 'b' })])
  journal.append([decisionBody({ decision_id: 'c' })], 'new_segment')
  const filling = openFilling({ directory: journal.directory, durable: () => Infinity })
  const ending = new AbortController()
  const running = filling.run(ending.signal)
  await until(filling.isCaughtUp)
  rmSync(segmentPath(journal.directory, 1))
  await until(() => callCount(filling) === 1)
  t.equal(filling.fault(), undefined)
  ending.abort()
  await running
  filling.close()
})

void t.test('an index of which nothing is left in the journal is made anew', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody({ decision_id: 'a' })])
  const first = await filled(journal.directory)
  first.close()
  journal.append([decisionBody({ decision_id: 'b' })], 'new_segment')
  journal.append([decisionBody({ decision_id: 'c' })], 'new_segment')
  rmSync(segmentPath(journal.directory, 1))
  rmSync(segmentPath(journal.directory, 2))
  const second = await filled(journal.directory)
  t.equal(callCount(second), 1)
  t.equal(second.fault(), undefined, 'retention is no fault')
  second.close()
  rmSync(segmentPath(journal.directory, 3))
  const third = openFilling({ directory: journal.directory, durable: () => Infinity })
  t.equal(third.indexedSeq(), 0, 'and so it is where the journal has no files')
  third.close()
})

void t.test('is not made, and does not grow, where the journal would have no room', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody()])
  let free = 0
  const options = { directory: journal.directory, durable: () => Infinity, freeBytes: () => free }
  t.throws(() => openFilling(options), { name: 'NoRoom' })
  free = 1e12
  const filling = openFilling(options)
  free = 0
  await t.rejects(filling.run(new AbortController().signal), { name: 'NoRoom' })
  filling.close()
})

void t.test('an empty directory is an empty index', async (t) => {
  const filling = await filled(t.testdir())
  t.equal(filling.indexedSeq(), 0)
  filling.close()
})

void t.test('a journal that begins with another kind of entry has no calls', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([{ time: timeText(0), kind: 'start' }])
  const filling = await filled(journal.directory)
  t.equal(filling.indexedSeq(), 1)
  t.equal(callCount(filling), 0)
  filling.close()
})
