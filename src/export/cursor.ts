import { beginning, readCursor, writeCursor, type CursorPosition } from './cursor-file.ts'
import type { ExportLog } from './export-log.ts'

/** How far an export has come, in memory and soon after on the disk. */
export interface Cursor {
  readonly position: () => CursorPosition
  readonly moveTo: (position: CursorPosition) => void
  /** Resolves when the position is on the disk, or cannot be written. */
  readonly close: () => Promise<void>
}

export interface CursorOptions {
  /** The journal's. */
  readonly directory: string
  /** Of the export. */
  readonly name: string
  readonly log: ExportLog
  readonly saveIntervalMs?: number
}

/** What was sent on in this time before a crash is sent again. */
const saveIntervalDefaultMs = 1_000

/**
 * Opens the cursor of an export. One that is damaged begins again with the oldest entry there is:
 * sending entries twice does no harm, as the other side knows them by their ids, and losing some would.
 */
export function openCursor(options: CursorOptions): Cursor {
  const { directory, name, log, saveIntervalMs = saveIntervalDefaultMs } = options
  let position = positionAtStart(options)
  let saved = position
  let isFailing = false
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let saving = Promise.resolve()

  async function save(): Promise<void> {
    const next = position
    try {
      await writeCursor(directory, name, next)
      saved = next
      isFailing = false
    } catch (error) {
      // Nothing is lost: after a restart more is sent again than would have to be.
      const why = (error as Error).message
      if (!isFailing) log.error({ export: name, why }, 'the cursor of an export cannot be written')
      isFailing = true
    }
  }

  function plan(): void {
    if (isClosed || position === saved) return
    timer ??= setTimeout(() => {
      timer = undefined
      saving = saving.then(save).then(plan)
    }, saveIntervalMs)
  }

  return {
    position: () => position,
    moveTo(next) {
      position = next
      plan()
    },
    async close() {
      isClosed = true
      clearTimeout(timer)
      await saving
      if (position !== saved) await save()
    },
  }
}

function positionAtStart({ directory, name, log }: CursorOptions): CursorPosition {
  try {
    return readCursor(directory, name)
  } catch (error) {
    const why = (error as Error).message
    log.error(
      { export: name, why },
      'the cursor of an export cannot be read; it begins again with the oldest entry',
    )
    return beginning
  }
}
