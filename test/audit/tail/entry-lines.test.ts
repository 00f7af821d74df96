import t from 'tap'
import { createEntryLines } from '../../../src/audit/tail/entry-lines.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

const plain = (_: string, text: string) => text
const marked = (style: string, text: string) => `<${style}>${text}</>`

/** The lines of entries in a row. */
function lines(entries: readonly object[], paint = plain): readonly string[] {
  const { show } = createEntryLines(paint)
  return entries.flatMap((entry) => show(entry as never))
}

t.test('a day begins with its date, and every entry is a line', async (t) => {
  const { allowed, refused } = samples
  const next = { ...refused, time: '2026-11-24T00:00:00.001Z' }
  t.strictSame(lines([allowed, samples.completed, next]), [
    '── 2026-11-23 (UTC)',
    '09:14:04.113 ✓ StartWorkflowExecution payments ledger-2071884310  acme/payments/ledger-workers job 11840226751  ledger-main  d-7Kq2',
    '09:14:08.113   └ completed in 17.4 ms',
    '── 2026-11-24 (UTC)',
    '00:00:00.001 ✗ StartWorkflowExecution treasury ledger-2071884310  acme/payments/ledger-workers job 11840226751  not_granted  d-8Kq2',
  ])
})

t.test('an end that does not follow its call says what call it was of', async (t) => {
  const [, , , after] = lines([samples.allowed, samples.refused, samples.completed])
  t.match(
    after,
    /└ completed in 17.4 ms {2}StartWorkflowExecution payments ledger-2071884310 d-7Kq2$/,
  )
  const [, unseen] = lines([samples.completed])
  t.match(unseen, /└ completed in 17.4 ms {3}d-7Kq2$/)
  const { note, show } = createEntryLines(plain)
  note(samples.allowed)
  note(samples.stop)
  note({ kind: 'decision', outcome: 'allowed' })
  t.match(show(samples.failed).at(-1), /└ failed .* StartWorkflowExecution payments .* d-7Kq2$/)
  t.match(show({ kind: 'completion' }).at(-1), /└ ended$/)
})

t.test('a call with one entry has its end on its line', async (t) => {
  t.match(
    lines([samples.wholeCall])[1],
    /✓ PollWorkflowTaskQueue .* cancelled status 4 in 60000 ms {2}d-bKq2$/,
  )
})

t.test('what went wrong stands out, and what is usual does not', async (t) => {
  const rows: [object, RegExp][] = [
    [samples.allowed, /<green>✓<\/> Start.*<cyan>acme.*<\/> {2}ledger-main {2}<dim>d-7Kq2<\/>$/],
    [samples.refused, /<red>✗<\/> .*<red>not_granted<\/>/],
    [samples.completed, /<dim> {2}└ completed/],
    [samples.failed, /<yellow> {2}└ failed/],
    [samples.refusals, /<red>✗<\/> 1200 calls/],
    [samples.policyRefused, /<red>✗<\/> policy not taken/],
    [samples.issuerFailed, /<yellow>!<\/> keys/],
    [samples.stop, /<dim>· stop<\/>/],
    [
      { kind: 'decision', outcome: 'refused' },
      /<red>✗<\/> a call {2}<cyan>somebody<\/> {2}<red>refused</,
    ],
  ]
  for (const [entry, line] of rows) t.match(lines([entry], marked).at(-1), line)
})

t.test(
  'an entry without a time, or with somebody’s text as one, is shown all the same',
  async (t) => {
    for (const time of [undefined, '\u001b[2J', '2026-11-23']) {
      t.strictSame(lines([{ kind: 'stop', time }]), ['── no date (UTC)', '??:??:??.??? · stop'])
    }
  },
)
