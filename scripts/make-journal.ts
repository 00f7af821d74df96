import { parseArgs } from 'node:util'
import { writeJournalOfCalls } from './journal-of-calls.ts'

/**
 * Writes a big journal of made-up calls: `node scripts/make-journal.ts DIR --calls 500000`. With
 * `--read-level completion`, calls that only read have one entry each; `--seed` makes another set.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: 'string', default: '500000' },
    seed: { type: 'string', default: '1' },
    'read-level': { type: 'string', default: 'both' },
  },
})
const [directory] = positionals
const calls = Number(values.calls)
if (directory === undefined || !Number.isSafeInteger(calls) || calls < 0) {
  throw new Error('usage: node scripts/make-journal.ts DIR --calls 500000')
}
const started = performance.now()
const { entries, bytes, head, vkey } = writeJournalOfCalls({
  directory,
  calls,
  seed: Number(values.seed),
  readLevel: values['read-level'] === 'completion' ? 'completion' : 'both',
})
const seconds = (performance.now() - started) / 1_000
process.stdout.write(
  `${entries} entries, ${Math.round(bytes / 1024 ** 2)} MiB in ${seconds.toFixed(1)} s\n` +
    `head ${head.seq} ${head.digest}\nkey ${vkey}\n`,
)
