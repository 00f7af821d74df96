import t from 'tap'
import { JournalFault, JournalRewritten } from '../../src/record/journal-fault.ts'

t.test('the two are told apart, and a fault says where it is', async (t) => {
  const fault = new JournalFault(7, 'entry 7 is due')
  t.match(fault, { name: 'JournalFault', seq: 7, message: 'entry 7 is due' })
  t.ok(fault instanceof Error)
  const rewritten = new JournalRewritten('entry 6 is another')
  t.match(rewritten, { name: 'JournalRewritten', message: 'entry 6 is another' })
  t.notOk(rewritten instanceof JournalFault)
})
