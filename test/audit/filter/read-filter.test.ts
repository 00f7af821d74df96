import { parseArgs } from 'node:util'
import t from 'tap'
import { filterOptions, readFilter } from '../../../src/audit/filter/read-filter.ts'
import { createSelection } from '../../../src/audit/filter/selection.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

const now = Date.parse('2026-11-23T12:00:00Z')

const read = (...args: string[]) =>
  readFilter(parseArgs({ args, options: filterOptions }).values, now)

/** Names of the samples that a command line takes. */
function taken(...args: string[]) {
  const result = read(...args)
  if (!result.ok) throw new Error(result.problem)
  const select = createSelection(result.filter)
  return Object.entries(samples).flatMap(([name, entry]) => (select(entry) ? [name] : []))
}

const ofPayments = ['allowed', 'completed', 'wholeCall']

t.test('each option looks at its field', async (t) => {
  const ofProject = ['identity', 'allowed', 'refused', 'completed', 'wholeCall']
  const rows: [string[], string[]][] = [
    [
      ['--kind', 'policy'],
      ['policy', 'policyRefused', 'unwritable'],
    ],
    [
      ['--kind', 'start', '--kind', 'stop'],
      ['start', 'stop'],
    ],
    [['--outcome', 'cancelled'], ['wholeCall']],
    [['--refused'], ['refused', 'unverified', 'noMethod', 'refusals', 'policyRefused']],
    [['--refused', '--outcome', 'unknown', '--kind', 'completion'], ['unknown']],
    [['--code', 'not_granted'], ['refused']],
    [['--code', 'guard_*'], []],
    [
      ['--decision', 'd-7Kq2'],
      ['allowed', 'completed', 'failed', 'unknown'],
    ],
    [['--job', '11840226751'], ofProject],
    [['--project', 'acme/*'], ofProject],
    [['--project', '48210377'], ofProject],
    [['--user', 'dmeyer'], ofProject],
    [['--user', '9120455'], ofProject],
    [
      ['--user', 'gitlab.com/mira'],
      ['login', 'signOff'],
    ],
    [['--namespace', 'payments'], ofPayments],
    [['--workflow-id', 'ledger-*', '--namespace', 'payments'], ofPayments],
    [['--workflow-type', 'LedgerRollup', '--rule', 'ledger-main'], ofPayments],
    [['--method', 'PollWorkflowTaskQueue'], ['wholeCall']],
    [
      ['--method', 'StartWorkflow*', '--refused'],
      ['refused', 'unverified', 'refusals'],
    ],
    [
      ['--since', '2026-11-23T09:14:25Z'],
      ['unwritable', 'stop'],
    ],
    [['--since', '3h', '--until', '2026-11-23T09:14:02Z'], ['start']],
  ]
  for (const [args, names] of rows) t.strictSame(taken(...args), names, args.join(' '))
})

t.test('what cannot be meant is refused, with what to write', async (t) => {
  const rows: [string[], RegExp][] = [
    [['--kind', 'decisions'], /--kind decisions is none that is known; did you mean decision\?/],
    [['--kind', 'x'], /write one of decision, completion, refusals/],
    [['--outcome', 'ok'], /write one of allowed, refused, completed, failed, cancelled, unknown/],
    [['--code', 'not_grantd'], /did you mean not_granted\?/],
    [['--code', 'whatever_it_may_be'], /write it as entries have it/],
    [['--method', 'StartWorkflow'], /--method StartWorkflow is none/],
    [['--job', ''], /--job is empty; write a value, or leave it out/],
    [['--since', 'yesterday'], /--since yesterday is no time; write a length of time such as 2h/],
    [['--until', '2026-11-23T09:00'], /a time with its zone: 2026-11-23T09:00:00Z/],
    [['--since', '1h', '--until', '2h'], /--since is not before --until; swap them/],
  ]
  for (const [args, problem] of rows) t.match(read(...args), { ok: false, problem }, args.join(' '))
})
