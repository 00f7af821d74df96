import t from 'tap'
import { createReadingTrouble } from '../../src/export/reading-trouble.ts'
import { JournalFault, JournalRewritten } from '../../src/record/journal-fault.ts'
import { keptLog } from '../support/audit-files.ts'
import { createManualTime } from '../support/manual-time.ts'

t.test('faults are said, and repeated once a minute with their count', async (t) => {
  const { log, lines } = keptLog()
  const { now, advance } = createManualTime()
  const { fault, current } = createReadingTrouble('siem', log, now)
  for (let seq = 1; seq <= 5; seq += 1) fault(new JournalFault(seq, `entry ${seq} is another`))
  advance(60_000)
  fault(new JournalFault(6, 'entry 6 is another'))
  t.match(lines(), [
    { level: 'error', export: 'siem', why: 'entry 1 is another', count: 1 },
    { level: 'error', export: 'siem', why: 'entry 6 is another', count: 5 },
  ])
  t.equal(lines().length, 2)
  t.equal(current(), undefined, 'the export goes on')
})

t.test('why reading has ended is said once, until it is over', async (t) => {
  const { log, lines } = keptLog()
  const { stopped, over, current } = createReadingTrouble('siem', log, Date.now)
  t.equal(stopped(new Error('gone')), false)
  t.equal(stopped(new Error('gone')), false)
  t.equal(current(), 'gone')
  t.equal(stopped(new Error('unreadable')), false)
  over()
  t.equal(current(), undefined)
  stopped(new Error('unreadable'))
  t.same(
    lines().map(({ why }) => why),
    ['gone', 'unreadable', 'unreadable'],
  )
})

t.test('a journal that was written anew makes the cursor worthless', async (t) => {
  const { log, lines } = keptLog()
  const { stopped, current } = createReadingTrouble('siem', log, Date.now)
  t.equal(stopped(new JournalRewritten('entry 7 is another')), true)
  t.equal(current(), 'entry 7 is another')
  t.match(lines(), [
    { level: 'error', export: 'siem', msg: /beginning with its oldest entry/, why: /entry 7/ },
  ])
})
