import { hash } from 'node:crypto'
import type { WitnessSettings } from '../config/audit-settings.ts'
import { createBackoff } from './backoff.ts'
import type { ExportLog } from './export-log.ts'
import { createSignedPost } from './signed-post.ts'
import { createNoteFile } from './witness-file.ts'
import { createWitnessQueue, type WitnessQueueOptions, type WitnessState } from './witness-queue.ts'

/** Second places that checkpoints are published to. */
export interface Witnesses {
  /** Takes a signed note, and returns at once. */
  readonly publish: (note: string) => void
  readonly states: () => readonly WitnessState[]
  /** Tries once more to publish what is left, within a bound. To be called when the journal is closed. */
  readonly close: () => Promise<void>
}

export interface WitnessesOptions {
  readonly witnesses: readonly WitnessSettings[]
  readonly log: ExportLog
  readonly version: string
  readonly now?: () => number
}

/** Creates all witnesses; without any, publishing does nothing. */
export function createWitnesses(options: WitnessesOptions): Witnesses {
  const { witnesses, log, version, now = Date.now } = options
  const queues = witnesses.map((witness, index) =>
    createWitnessQueue({
      // By its place in the list, since a path or an address may hold what is not for everybody.
      name: `${witness.kind}-${index + 1}`,
      ...placeOf(witness, `sallyport/${version}`, now),
      backoff: createBackoff(),
      log,
      now,
    }),
  )
  return {
    publish(note) {
      for (const { add } of queues) add(note)
    },
    states: () => queues.map(({ state }) => state()),
    async close() {
      await Promise.all(queues.map(({ close }) => close()))
    },
  }
}

type Place = Pick<WitnessQueueOptions, 'bring' | 'leave'>

function placeOf(witness: WitnessSettings, userAgent: string, now: () => number): Place {
  if (witness.kind === 'file') {
    return { bring: createNoteFile(witness.file).append, leave: () => Promise.resolve() }
  }
  const post = createSignedPost({ ...witness, userAgent, now })
  return {
    bring(note, signal) {
      const id = `checkpoint_${hash('sha256', note).slice(0, 32)}`
      return post.send({ id, contentType: 'text/plain; charset=utf-8', body: note }, signal)
    },
    leave: post.close,
  }
}
