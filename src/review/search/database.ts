import { closeSync, openSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { schema, schemaVersion } from './schema.ts'

/** Memory for pages, in KiB: the indexes of a million entries are walked without reading them twice. */
const cacheKiB = 64 * 1024

/**
 * Opens the index beside a journal, and makes an empty one where there is none, or where what is there is
 * of another version or no index: everything in it can be had from the journal again.
 *
 * The write-ahead log keeps it whole through a crash, and a lock keeps others away while it is open.
 */
export function openDatabase(directory: string): DatabaseSync {
  const path = databasePath(directory)
  try {
    return openOrMake(path)
  } catch (error) {
    if (!isUnusable(error) && !(error instanceof OtherVersion)) throw error
  }
  removeDatabase(directory)
  return openOrMake(path)
}

class OtherVersion extends Error {}

/** Takes the index away; the next that is opened is empty. */
export function removeDatabase(directory: string): void {
  const path = databasePath(directory)
  for (const each of [path, `${path}-wal`, `${path}-shm`]) rmSync(each, { force: true })
}

/** Where the index of an audit directory is. */
export function databasePath(directory: string): string {
  return join(directory, 'review-index.sqlite')
}

function openOrMake(path: string): DatabaseSync {
  // SQLite would make it readable for all.
  closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: 2_000 })
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA wal_autocheckpoint = 8000;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${cacheKiB};
    `)
    const version = versionOf(database)
    if (version === 0) database.exec(`BEGIN; ${schema} COMMIT`)
    else if (version !== schemaVersion) throw new OtherVersion(path)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function versionOf(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA user_version').get()?.['user_version']
}

const sqliteError = 1
const sqliteCorrupt = 11
const sqliteNotADatabase = 26

/** Whether SQLite says that a file is no database of its own, or not a whole one. */
export function isDamaged(error: unknown): boolean {
  const code = errorCode(error)
  return code === sqliteCorrupt || code === sqliteNotADatabase
}

/** Whether nothing can be done with an index but to make it anew: it is damaged, or has other tables. */
export function isUnusable(error: unknown): boolean {
  return isDamaged(error) || errorCode(error) === sqliteError
}

/** SQLite's primary code; extended ones say more in the bits above. */
function errorCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 255 : undefined
}
