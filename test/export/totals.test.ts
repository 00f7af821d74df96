import t from 'tap'
import type { ExportProgress } from '../../src/export/runner.ts'
import { createTotals } from '../../src/export/totals.ts'

function progress(name: string, delivered: number, failures = 0): ExportProgress {
  const unknown = { lastError: undefined, waitingSince: undefined }
  return { name, delivered, failures, deliveredSeq: delivered, ...unknown }
}

t.test('counts go on from thread to thread', async (t) => {
  const totals = createTotals([progress('siem', 0), progress('archive', 0)])
  totals.update([progress('siem', 5, 1), progress('archive', 2)])
  totals.update([progress('siem', 7, 2), progress('archive', 2)])
  t.match(totals.current(), [
    { name: 'siem', delivered: 7, failures: 2 },
    { name: 'archive', delivered: 2, failures: 0 },
  ])
  totals.startOver()
  totals.update([progress('siem', 1, 1)])
  t.match(totals.current(), [
    { name: 'siem', delivered: 8, failures: 3, deliveredSeq: 1 },
    { name: 'archive', delivered: 2 },
  ])
})
