/** Often enough for days of retention, and seldom enough to cost nothing. */
const expiryIntervalMs = 3_600_000

export interface UpkeepOptions {
  /** Absent where the journal is not signed. */
  readonly checkpoints?:
    | { readonly intervalMs: number; readonly write: () => Promise<void> }
    | undefined
  /** Absent where entries are kept for ever. */
  readonly expire?: (() => Promise<void>) | undefined
}

/** What a journal does by itself from time to time. */
export interface Upkeep {
  /** Begins nothing more, and resolves when what was under way has ended. */
  readonly stop: () => Promise<void>
}

/**
 * Writes checkpoints at their interval, and looks for expired entries now and every hour. Neither may reject.
 * No checkpoint is begun while entries are removed: a start reads back to the last checkpoint, and must find
 * what was announced there to finish a removal that a crash has cut short.
 */
export function startUpkeep({ checkpoints, expire }: UpkeepOptions): Upkeep {
  let underWay = Promise.resolve()
  let isExpiring = false
  const timers: NodeJS.Timeout[] = []

  function every(intervalMs: number, act: () => Promise<void>): () => void {
    const run = () => {
      if (!isExpiring) underWay = both(underWay, act())
    }
    timers.push(setInterval(run, intervalMs).unref())
    return run
  }

  if (checkpoints) every(checkpoints.intervalMs, checkpoints.write)
  if (expire) {
    every(expiryIntervalMs, async () => {
      isExpiring = true
      await expire().finally(() => {
        isExpiring = false
      })
    })()
  }
  return {
    stop() {
      for (const timer of timers) clearInterval(timer)
      return underWay
    },
  }
}

/** Resolves with nothing: with both results it would hold those of all that there ever was. */
async function both(one: Promise<void>, other: Promise<void>): Promise<void> {
  await Promise.all([one, other])
}
