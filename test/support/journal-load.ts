// Appends to the journal of the directory in its argument until it is killed, and prints the name of
// each entry once the journal says that it is recorded: what a caller would have acted upon.
import { writeSync } from 'node:fs'
import { createLog } from '../../src/log.ts'
import { openJournal } from '../../src/record/journal.ts'
import { sampleEntry } from './audit-files.ts'

const directory = process.argv[2]
if (directory === undefined) throw new Error('usage: journal-load.ts DIRECTORY')

const journal = await openJournal({
  directory,
  durability: 'synced',
  replica: 'under-load',
  version: '0.0.0',
  log: createLog({ level: 'silent' }),
  now: Date.now,
})
writeSync(1, 'open\n')

async function appendForEver(worker: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const name = `${process.pid}-${worker}-${count}`
    const entry = sampleEntry(name)
    if ((await journal.append(entry)).ok) writeSync(1, `${name}\n`)
    journal.enqueue({ ...entry, kind: 'completion' })
  }
}

await Promise.all(Array.from({ length: 8 }, (_, worker) => appendForEver(worker)))
