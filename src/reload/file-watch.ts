import { stat } from 'node:fs/promises'

export interface FileWatchParts {
  readonly files: readonly string[]
  readonly intervalMs: number
  /** Called once the files have changed and then rested for an interval. Called again later where it resolves to false. */
  readonly onChange: () => Promise<boolean>
}

export interface FileWatch {
  /** Resolves when no more is looked at, and nothing called is under way. */
  readonly close: () => Promise<void>
}

/**
 * Looks at files again and again. Polling sees Kubernetes swap a symlink, an editor put another file in
 * the place of the old one, and network file systems, where inotify may see none of it. A file that is
 * half written rests only when it is done, so a change counts once two looks find the same.
 *
 * What was there before the first look is not known, so the first state that rests counts as a change.
 */
export function watchFiles({ files, intervalMs, onChange }: FileWatchParts): FileWatch {
  let dealtWith: string | undefined
  let seen: string | undefined
  let isClosed = false
  let timer: NodeJS.Timeout | undefined
  let looking = Promise.resolve()

  async function look(): Promise<void> {
    const state = await stateOf(files)
    const isAtRest = state === seen
    seen = state
    if (!isAtRest || state === dealtWith || isClosed) return
    if (await onChange()) dealtWith = state
  }

  function plan(): void {
    if (isClosed) return
    const begin = () => {
      looking = look().finally(plan)
    }
    timer = setTimeout(begin, intervalMs).unref()
  }

  plan()
  return {
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await looking
    },
  }
}

/** Changes whenever one of the files does, is put in the place of another, comes or goes. */
async function stateOf(files: readonly string[]): Promise<string> {
  const states = await Promise.all(
    files.map(async (file) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true })
        return [dev, ino, size, mtimeNs, ctimeNs].join(':')
      } catch (error) {
        return (error as NodeJS.ErrnoException).code
      }
    }),
  )
  return states.join(' ')
}
