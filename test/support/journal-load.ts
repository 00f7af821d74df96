// Appends to the journal of the directory in its argument until it is killed, and prints the name of
// each entry once the journal says that it is recorded: what a caller would have acted upon. Segments
// are small and checkpoints frequent, so that a kill hits whatever a journal does.
import { writeSync } from 'node:fs'
import { createLog } from '../../src/log.ts'
import { openJournal } from '../../src/record/journal.ts'
import { sampleEntry } from './audit-files.ts'
import { auditSettings } from './audit-settings.ts'

const directory = process.argv[2]
if (directory === undefined) throw new Error('usage: journal-load.ts DIRECTORY [RETENTION_MS]')

const retentionMs = process.argv[3] === undefined ? undefined : Number(process.argv[3])
const settings = auditSettings(directory)
const journal = await openJournal({
  ...settings,
  segments: { bytesMax: 48 * 1024, ageMaxMs: 3_600_000 },
  checkpoints: { ...settings.checkpoints, intervalMs: 10 },
  retentionMs,
  replica: 'under-load',
  version: '0.0.0',
  log: createLog({ level: 'silent' }),
  now: Date.now,
})
say('open')

/** Prints at once, however slowly the other side reads: what is said must not wait in this process. */
function say(text: string): void {
  const bytes = Buffer.from(`${text}\n`)
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(1, bytes, done)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

async function appendForEver(worker: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    const name = `${process.pid}-${worker}-${count}`
    const entry = { ...sampleEntry(name), outcome: 'allowed', time: new Date().toISOString() }
    if ((await journal.append(entry)).ok) say(name)
    journal.enqueue({ ...entry, kind: 'completion', outcome: 'completed' })
  }
}

await Promise.all(Array.from({ length: 8 }, (_, worker) => appendForEver(worker)))
