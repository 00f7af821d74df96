import type { ExportProgress } from './runner.ts'

/** The progress of exports over all threads that they have run in. */
export interface Totals {
  readonly current: () => readonly ExportProgress[]
  /** Takes what the thread says; its counts began with the thread. */
  readonly update: (progress: readonly ExportProgress[]) => void
  /** To be told that another thread begins. */
  readonly startOver: () => void
}

/** Begins with what is known before a thread has said anything. */
export function createTotals(initial: readonly ExportProgress[]): Totals {
  let base = initial
  let current = initial
  return {
    current: () => current,
    update(progress) {
      current = base.map((before) => {
        const now = progress.find(({ name }) => name === before.name)
        if (now === undefined) return before
        const delivered = before.delivered + now.delivered
        return { ...now, delivered, failures: before.failures + now.failures }
      })
    },
    startOver: () => void (base = current),
  }
}
