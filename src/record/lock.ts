import { closeSync, existsSync, openSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const sqliteBusy = 5

/** The right to write one audit directory, held until released or until the process ends. */
export interface DirectoryLock {
  /** Whether the lock file that is held is still the one that others would find. */
  readonly isInPlace: () => boolean
  readonly release: () => void
}

/**
 * Takes the lock of an audit directory, or throws. Node has no `flock`, and a file with a process id
 * in it means nothing after a `kill -9` or in another container. SQLite comes with Node and locks
 * its files through the kernel, which lets go when the process dies. The lock is a file of its own:
 * when a process closes *any* descriptor of a file, the kernel drops all its locks on that file.
 */
export function takeLock(directory: string): DirectoryLock {
  const path = join(directory, 'journal.lock')
  createOnce(path)
  const database = new DatabaseSync(path)
  try {
    // Nothing is ever written into it, so no rollback journal is needed beside it.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (!isBusy(error)) throw new Error(`cannot lock ${path}: ${String(error)}`, { cause: error })
    throw new Error(
      `audit directory ${directory} is in use by another Sallyport; give each replica its own`,
      { cause: error },
    )
  }
  const taken = statSync(path)
  return {
    isInPlace() {
      const found = statSync(path, { throwIfNoEntry: false })
      return found !== undefined && found.ino === taken.ino && found.dev === taken.dev
    },
    release: () => database.close(),
  }
}

/** SQLite would create the file readable for all. A file that exists is not opened here: see above. */
function createOnce(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}
