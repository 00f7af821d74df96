import type { EntryBody } from '../core/audit-entry.ts'
import type { Logger } from '../log.ts'
import type { ChainHead } from './chain.ts'
import { checkpointText } from './checkpoint.ts'
import type { Journal } from './journal.ts'
import { lateEntry } from './late-entry.ts'
import type { OpenCalls } from './open-calls.ts'
import { signNote, type NoteSigner } from './signed-note.ts'

/** The last checkpoint that was recorded. */
export interface LastCheckpoint {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface CheckpointsOptions {
  readonly origin: string
  readonly signer: NoteSigner
  readonly append: Journal['append']
  readonly head: () => ChainHead
  readonly openCalls: OpenCalls
  /** Makes durable what a checkpoint covers, before anybody outside is told. */
  readonly sync: () => Promise<void>
  /** Is given each note once it is durable. Must not take long. */
  readonly publish: (note: string) => void
  readonly log: Logger
  readonly now: () => number
}

/** A checkpoint on its way into the journal. */
export interface PendingCheckpoint {
  readonly entry: EntryBody
  /** To be called once the entry is recorded. Never rejects. */
  readonly recorded: () => Promise<void>
}

/** Signs where the chain has got to. */
export interface Checkpoints {
  /** Records a checkpoint, unless nothing was recorded since the last. Never rejects. */
  readonly write: () => Promise<void>
  /** A checkpoint that covers whatever is recorded before it. */
  readonly next: () => PendingCheckpoint
  readonly last: () => LastCheckpoint | undefined
}

/** Makes checkpoint entries: signed notes over the head of the chain just before them. */
export function createCheckpoints(options: CheckpointsOptions): Checkpoints {
  const { origin, signer, append, head, openCalls, sync, publish, log, now } = options
  let last: LastCheckpoint | undefined
  let isWriting = false

  function next(): PendingCheckpoint {
    const at = now()
    let signed: { readonly seq: number; readonly note: string } | undefined
    const body = { time: new Date(at).toISOString(), kind: 'checkpoint' } as const
    const entry = lateEntry(body, (place) => {
      const { seq, digest } = place.head
      const note = signNote(checkpointText({ origin, seq, digest }), [signer])
      const { count, oldestSeq } = openCalls.after(place.before, seq - place.before.length)
      signed = { seq: seq + 1, note }
      return {
        size: seq,
        head: digest,
        origin,
        key: signer.verifier.keyId,
        note,
        open_calls: count,
        ...(oldestSeq !== undefined && { oldest_open_seq: oldestSeq }),
      }
    })
    const recorded = async () => {
      if (signed === undefined) return
      last = { seq: signed.seq, at }
      try {
        await sync()
        publish(signed.note)
      } catch (error) {
        log.error({ why: String(error) }, 'a checkpoint was recorded and could not be published')
      }
    }
    return { entry, recorded }
  }

  return {
    next,
    async write() {
      if (isWriting || head().seq === last?.seq) return
      isWriting = true
      try {
        const { entry, recorded } = next()
        // While the journal is in trouble there is none; the one after covers as much.
        if ((await append(entry)).ok) await recorded()
      } finally {
        isWriting = false
      }
    },
    last: () => last,
  }
}
