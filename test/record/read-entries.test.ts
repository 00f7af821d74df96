import { join } from 'node:path'
import t from 'tap'
import { openJournal } from '../../src/record/journal.ts'
import { readEntries, type ReadEntry } from '../../src/record/read-entries.ts'
import { keptLog, sampleEntry } from '../support/audit-files.ts'

async function read(...journals: string[]): Promise<ReadEntry[]> {
  const entries: ReadEntry[] = []
  for await (const entry of readEntries(journals)) entries.push(entry)
  return entries
}

t.test('a journal is read while the service goes on writing it', async (t) => {
  const directory = t.testdir()
  const { log } = keptLog()
  const options = { directory, durability: 'synced', replica: 'a', version: '1', log } as const
  const journal = await openJournal({ ...options, now: Date.now })
  t.teardown(journal.close)
  await journal.append(sampleEntry(1))
  t.match(await read(directory), [{ kind: 'start' }, { decision_id: 'd-1' }])
  await journal.append(sampleEntry(2))
  t.equal((await read(directory)).length, 3)
})

t.test('segments and journals follow one another, files as well as directories', async (t) => {
  const directory = t.testdir({
    audit: {
      '000000000001.jsonl': '{"seq":1}\n',
      '000000000002.jsonl': '{"seq":2}\n',
      'notes.txt': '{"seq":3}\n',
    },
    exported: '{"seq":9}\n',
  })
  const entries = await read(join(directory, 'exported'), join(directory, 'audit'))
  t.same(entries, [{ seq: 9 }, { seq: 1 }, { seq: 2 }])
})

t.test('what is no entry is said to be none', async (t) => {
  const file = join(t.testdir({ lines: '{"seq":1}\nnull\n7\n\n{"seq":2}\n{"seq' }), 'lines')
  t.same(await read(file), [{ seq: 1 }, undefined, undefined, undefined, { seq: 2 }, undefined])
})

t.test('a journal that is not there is an error that names it', async (t) => {
  await t.rejects(read(join(t.testdir(), 'nowhere')), { code: 'ENOENT', path: /nowhere$/ })
})
