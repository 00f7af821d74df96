import { JournalRewritten } from '../record/journal-fault.ts'
import type { ExportLog } from './export-log.ts'
import { createRare } from './rare.ts'

/** What an export finds wrong with the journal that it reads. */
export interface ReadingTrouble {
  /** To be told of what is not as it was written and does not keep the export from going on. */
  readonly fault: (fault: Error) => void
  /** To be told why reading has ended. Returns whether the cursor says nothing any more. */
  readonly stopped: (error: Error) => boolean
  /** To be told that all was read. */
  readonly over: () => void
  /** Why reading has ended last, until all was read. */
  readonly current: () => string | undefined
}

/** Begins without trouble. What repeats is logged once a minute. */
export function createReadingTrouble(
  name: string,
  log: ExportLog,
  now: () => number,
): ReadingTrouble {
  const faults = createRare(now)
  let current: string | undefined
  return {
    fault({ message: why }) {
      const count = faults.happened()
      if (count === undefined) return
      log.error({ export: name, why, count }, 'the journal is not as it was written; going on')
    },
    stopped(error) {
      const fields = { export: name, why: error.message }
      const isRewritten = error instanceof JournalRewritten
      if (isRewritten) {
        log.error(
          fields,
          'the journal is not the one that was read; beginning with its oldest entry',
        )
      } else if (error.message !== current) {
        log.error(fields, 'an export cannot read the journal; trying again')
      }
      current = error.message
      return isRewritten
    },
    over: () => void (current = undefined),
    current: () => current,
  }
}
