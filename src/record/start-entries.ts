import type { EntryBody } from '../core/audit-entry.ts'
import type { Logger } from '../log.ts'
import type { Legacy } from './recovery.ts'
import { signingKeyEntry, type Signing } from './signing-key-entry.ts'

export interface StartOptions {
  readonly directory: string
  /** What the `start` entry says beside what was repaired. */
  readonly startFields: Readonly<Record<string, unknown>>
  readonly repairedBytes: number
  readonly legacy: Legacy
  readonly signing: Signing | undefined
  readonly log: Logger
  readonly now: () => number
}

/**
 * The entries that a process begins with: its start, the key that signs from here on where it is not the
 * last one named, and the end of each call that was open when the process before ended.
 */
export function startEntries(options: StartOptions): readonly EntryBody[] {
  const { directory, startFields, repairedBytes, legacy, signing, log, now } = options
  const { openCalls, key } = legacy
  const at = now()
  const time = new Date(at).toISOString()
  if (repairedBytes > 0) {
    log.warn({ directory, repaired_bytes: repairedBytes }, 'an audit entry cut short was removed')
  }
  if (openCalls.length > 0) {
    log.warn(
      { directory, closed_calls: openCalls.length },
      'calls were open when the process before ended',
    )
  }
  return [
    {
      time,
      kind: 'start',
      ...startFields,
      ...(openCalls.length > 0 && { closed_calls: openCalls.length }),
      ...(repairedBytes > 0 && { repaired_bytes: repairedBytes }),
    },
    ...(signing && key?.keyId !== signing.signer.verifier.keyId
      ? [signingKeyEntry(signing, at)]
      : []),
    ...openCalls.map((decisionId): EntryBody => ({
      time,
      kind: 'completion',
      decision_id: decisionId,
      outcome: 'unknown',
      detail: 'open when the process ended',
    })),
  ]
}
