import type { EntryBody } from '../core/audit-entry.ts'
import type { Refusal } from '../core/refusal.ts'

export type Recorded = { readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }

/** The durable, chained file of audit entries of one replica. */
export interface Journal {
  /** Resolves once the entry is as durable as the journal's mode says, or with `audit_unavailable`. Never rejects. */
  readonly append: (entry: EntryBody) => Promise<Recorded>
  /** Takes an entry that must not be lost and that nobody waits for; it is kept and retried until written. */
  readonly enqueue: (entry: EntryBody) => void
  /** Why entries cannot be written at the moment, or undefined when they can. */
  readonly trouble: () => string | undefined
  /** Writes what is queued and lets go of the directory. */
  readonly close: () => Promise<void>
}
