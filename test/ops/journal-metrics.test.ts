import { Registry } from 'prom-client'
import t from 'tap'
import { registerJournalMetrics, type JournalMeasures } from '../../src/ops/journal-metrics.ts'

const gaugesOf = async (measures: JournalMeasures) => {
  const registry = new Registry()
  registerJournalMetrics(() => measures, [registry])
  return (await registry.metrics()).split('\n').filter((line) => line.startsWith('sallyport_'))
}

t.test(
  'the journal is measured: its files, its open calls, and how far it is signed',
  async (t) => {
    const checkpoint = { seq: 4813, at: 1_795_400_000_500 }
    t.same(await gaugesOf({ segments: 2, bytes: 4096, checkpoint, open: { count: 3 } }), [
      'sallyport_journal_segments 2',
      'sallyport_journal_bytes 4096',
      'sallyport_journal_open_calls 3',
      'sallyport_journal_checkpoint_seq 4813',
      'sallyport_journal_checkpoint_timestamp_seconds 1795400000.5',
    ])
  },
)

t.test('before the first checkpoint its number and time are 0', async (t) => {
  const measures = { segments: 1, bytes: 0, checkpoint: undefined, open: { count: 0 } }
  const lines = await gaugesOf(measures)
  t.ok(lines.includes('sallyport_journal_checkpoint_seq 0'))
  t.ok(lines.includes('sallyport_journal_checkpoint_timestamp_seconds 0'))
})
