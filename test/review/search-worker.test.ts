import { Worker } from 'node:worker_threads'
import t from 'tap'
import { keptLog } from '../support/audit-files.ts'
import { runThread } from '../../src/review/search/running-thread.ts'
import { decisionBody, journalByHand } from '../support/indexed-journal.ts'
import '../../src/review/search-worker.ts'

void t.test('the thread serves the index of the journal that it is started with', async (t) => {
  const journal = journalByHand(t.testdir())
  journal.append([decisionBody()])
  const file = new URL('../../src/review/search-worker.ts', import.meta.url)
  const workerData = { directory: journal.directory, durable: undefined, witnessFiles: [] }
  const thread = runThread(new Worker(file, { workerData }), keptLog().log)
  t.match(await thread.ask('period', [0, 9e15]), { lastSeq: 0 })
  t.match(await thread.ask('state', []), { trouble: undefined })
  await thread.close()
})
