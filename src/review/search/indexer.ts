import { setTimeout as delay } from 'node:timers/promises'
import { JournalRewritten } from '../../record/journal-fault.ts'
import type { IndexState } from '../review-index.ts'
import { isDamaged, isUnusable, removeDatabase } from './database.ts'
import { openFilling, type Filling, type FillingOptions, type OpenIndex } from './filling.ts'
import { NoRoom } from './room.ts'

export interface IndexerOptions extends FillingOptions {
  readonly warn: (fields: Readonly<Record<string, unknown>>, message: string) => void
  /** How long it waits after a failure. */
  readonly retryMs?: number
}

/** Keeps an index up with its journal. */
export interface Indexer {
  /**
   * Asks the index something.
   *
   * @throws while there is none, and what the question throws. A damaged index is then made anew.
   */
  readonly ask: <T>(question: (index: OpenIndex) => T) => T
  readonly state: () => IndexState
  /** To be told of what in the journal is not where it was read. */
  readonly addFault: (why: string) => void
  readonly close: () => Promise<void>
}

const opening = 'the review index is being opened; ask again in a moment'

/** Opens the index of a journal or makes it, and follows the journal until closed, whatever fails. */
export function startIndexer(options: IndexerOptions): Indexer {
  const { directory, warn, retryMs = 1_000 } = options
  const closing = new AbortController()
  let filling: Filling | undefined
  let failure: string | undefined
  let damage = new AbortController()

  async function fill(): Promise<void> {
    damage = new AbortController()
    filling = openFilling(options)
    await filling.run(AbortSignal.any([closing.signal, damage.signal]))
    damage.signal.throwIfAborted()
  }
  function giveUp(error: unknown): void {
    failure = error instanceof Error ? error.message : String(error)
    warn({ directory, error: failure }, 'the review index cannot follow the journal; trying again')
    letGo()
    const isUseless = error instanceof JournalRewritten || isUnusable(error)
    if (isUseless || error instanceof NoRoom) removeDatabase(directory)
  }
  function letGo(): void {
    filling?.close()
    filling = undefined
  }
  async function run(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        await fill()
      } catch (error) {
        giveUp(error)
        await delay(retryMs, undefined, { signal: closing.signal }).catch(() => undefined)
      }
    }
    letGo()
  }
  const running = run()

  return {
    ask(question) {
      if (filling === undefined) throw new Error(failure ?? opening)
      try {
        return question(filling)
      } catch (error) {
        if (isDamaged(error)) damage.abort(error)
        throw error
      }
    },
    state() {
      const isCaughtUp = filling?.isCaughtUp() ?? false
      const fault = filling?.fault()
      const trouble = fault && `the journal is not as it was written: ${fault}; verify it`
      if (isCaughtUp) failure = undefined
      return { indexedSeq: filling?.indexedSeq() ?? 0, isCaughtUp, trouble: trouble ?? failure }
    },
    addFault: (why) => filling?.addFault(why),
    async close() {
      closing.abort()
      await running
    },
  }
}
