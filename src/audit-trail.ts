import { hostname } from 'node:os'
import type { AuditSettings } from './config/audit-settings.ts'
import { issuerKeysEntry } from './core/issuer-keys-entry.ts'
import { exportedSeq } from './export/cursor-file.ts'
import { startExports, type ExportState } from './export/exports.ts'
import { createWitnesses } from './export/witness.ts'
import type { WitnessState } from './export/witness-queue.ts'
import type { KeySetEvent } from './identify/key-set-event.ts'
import type { Logger } from './log.ts'
import { openJournal, type Journal } from './record/journal.ts'
import { createRecorder, type Recorder } from './record/recorder.ts'

/** What records calls, and what carries the records on. */
export interface AuditTrail {
  readonly journal: Journal
  readonly recorder: Recorder
  /** Records what became known about an issuer, where it changes whose tokens are accepted. */
  readonly issuerNews: (event: KeySetEvent) => void
  readonly exports: () => readonly ExportState[]
  readonly witnesses: () => readonly WitnessState[]
  /** Records what is left, sends it on within a bound, and lets go of the directory. */
  readonly close: () => Promise<void>
}

export interface AuditTrailParts {
  readonly audit: AuditSettings
  readonly version: string
  /** What the `start` entry says: hashes of the policy and of the settings. */
  readonly startFields: Readonly<Record<string, unknown>>
  readonly log: Logger
  readonly now: () => number
}

/** Opens the journal, and starts what follows it. Rejects where the journal cannot be had. */
export async function openAuditTrail(parts: AuditTrailParts): Promise<AuditTrail> {
  const { audit, version, startFields, log, now } = parts
  const { directory, checkpoints, exports: settings, levels } = audit
  const common = { log, version, now }
  const witnesses = createWitnesses({ ...common, witnesses: checkpoints.witnesses })
  const names = settings.map(({ name }) => name)
  const journal = await openJournal({
    ...audit,
    ...common,
    replica: hostname(),
    startFields,
    exportedSeq: exportedSeq.bind(undefined, directory, names),
    publish: witnesses.publish,
  })
  const { durable } = journal
  const exports = startExports({ ...common, exports: settings, directory, durable })
  const recorder = createRecorder({ journal, levels, now })
  return {
    journal,
    recorder,
    issuerNews(event) {
      const entry = issuerKeysEntry(event, now())
      if (entry) journal.enqueue(entry)
    },
    exports: exports.states,
    witnesses: witnesses.states,
    async close() {
      recorder.close()
      await journal.close()
      await Promise.all([exports.close(), witnesses.close()])
    },
  }
}
