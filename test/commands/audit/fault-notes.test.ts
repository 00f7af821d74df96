import t from 'tap'
import { faultNotes } from '../../../src/commands/audit/fault-notes.ts'
import { UsageError } from '../../../src/commands/explain/usage-error.ts'
import { JournalRewritten } from '../../../src/record/journal-fault.ts'
import { recordTerminal } from '../../support/recorded-terminal.ts'

function notes() {
  const { terminal, err } = recordTerminal()
  return { ...faultNotes('tail', terminal), err }
}

t.test('the first faults are told one by one, and all are counted', async (t) => {
  const { note, summary, err } = notes()
  t.equal(summary(), 0)
  for (let at = 1; at <= 5; at += 1) note(`fault ${at}\u001b`)
  t.equal(summary(), 1)
  t.strictSame(err, [
    'sallyport audit tail: fault 1\\u{1b}',
    'sallyport audit tail: fault 2\\u{1b}',
    'sallyport audit tail: fault 3\\u{1b}',
    'sallyport audit tail: 5 faults in the journal; sallyport audit verify says everything about them',
  ])
})

t.test('a fault that is met again in another pass is one fault', async (t) => {
  const { note, summary, err } = notes()
  note('fault')
  note('fault')
  summary()
  t.match(err, ['sallyport audit tail: fault', /1 fault in the journal/])
  t.equal(err.length, 2)
})

t.test('of very many faults each counts, though not all are remembered', async (t) => {
  const { note, summary, err } = notes()
  for (let at = 1; at <= 10_002; at += 1) note(`fault ${at}`)
  summary()
  t.match(err.at(-1), /10002 faults in the journal/)
})

t.test('what ends the command has its exit code', async (t) => {
  const { failure, err } = notes()
  const refused = Object.assign(new Error(), { code: 'EACCES', syscall: 'open' })
  const named = Object.assign(new Error(), {
    code: 'EACCES',
    syscall: 'open',
    path: '/audit/1.jsonl',
  })
  t.equal(failure(new UsageError('write this')), 2)
  t.equal(failure(new JournalRewritten('entry 7 is gone')), 1)
  t.equal(failure(named), 2)
  t.equal(failure(refused), 2)
  t.match(err, [
    'sallyport audit tail: write this',
    /entry 7 is gone; run sallyport audit verify/,
    /\/audit\/1.jsonl cannot be read \(EACCES\); run it as the user that owns the journal/,
    /the journal cannot be read \(EACCES\)/,
  ])
  t.throws(() => failure(new Error('a bug')), /a bug/)
  t.throws(
    () => failure(Object.assign(new Error('bad args'), { code: 'ERR_PARSE_ARGS' })),
    /bad args/,
  )
})
