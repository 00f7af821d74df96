// Appends to the journal of a directory, and exports it to a webhook, until it is killed. Prints a line
// once both have begun.
import { writeSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { startExports } from '../../src/export/exports.ts'
import { createLog } from '../../src/log.ts'
import { openJournal } from '../../src/record/journal.ts'
import { sampleEntry } from './audit-files.ts'
import { auditSettings } from './audit-settings.ts'

const [directory, url, secretFile] = process.argv.slice(2)
if (directory === undefined || url === undefined || secretFile === undefined) {
  throw new Error('usage: export-load.ts DIRECTORY URL SECRET_FILE')
}

const log = createLog({ level: 'silent' })
const journal = await openJournal({
  ...auditSettings(directory, { segments: { bytesMax: 64 * 1024, ageMaxMs: 3_600_000 } }),
  replica: 'under-load',
  version: '0.0.0',
  log,
  now: Date.now,
})
startExports({
  exports: [{ name: 'siem', to: 'webhook', format: 'native', url, secretFile, caFile: undefined }],
  directory,
  durable: journal.durable,
  log,
  version: '0.0.0',
})
writeSync(1, 'begun\n')

async function appendForEver(worker: number): Promise<void> {
  for (let count = 0; ; count += 1) {
    await journal.append(sampleEntry(`${process.pid}-${worker}-${count}`))
    // No faster than a busy machine can export it, so that tests need not wait for the rest.
    await delay(5)
  }
}

await Promise.all(Array.from({ length: 4 }, (_, worker) => appendForEver(worker)))
