import { readFileSync } from 'node:fs'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { syncDirectory } from '../record/directory.ts'

/** The last entry that an export has sent on. */
export interface CursorPosition {
  readonly seq: number
  readonly id: string
  /** Time of the entry. */
  readonly time: string
  /** SHA-256 of its line. */
  readonly digest: string
}

/** Before the first entry. */
export const beginning: CursorPosition = { seq: 0, id: '', time: '', digest: '' }

const shape = z.strictObject({
  seq: z.int().min(0),
  id: z.string().max(64),
  time: z.string().max(64),
  digest: z.string().regex(/^([0-9a-f]{64})?$/),
})

/** Where the cursors of a journal's exports are kept, beside its segments. */
export function cursorDirectory(directory: string): string {
  return join(directory, 'cursors')
}

function cursorPath(directory: string, name: string): string {
  return join(cursorDirectory(directory), `${name}.json`)
}

/** Reads how far an export has come: to the beginning where it has no cursor yet. Throws where the file is damaged. */
export function readCursor(directory: string, name: string): CursorPosition {
  const path = cursorPath(directory, name)
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return beginning
    throw error
  }
  const { data } = shape.safeParse(parsed(text))
  if (data === undefined) throw new Error(`${path} is no cursor of an export`)
  return data
}

/**
 * The last entry that every one of these exports has sent on, as their cursors on the disk say; 0 where
 * one has none, or none that can be read. Infinity without exports. Reads a small file for each.
 */
export function exportedSeq(directory: string, names: readonly string[]): number {
  return Math.min(...names.map((name) => seqOf(directory, name)))
}

function seqOf(directory: string, name: string): number {
  try {
    return readCursor(directory, name).seq
  } catch {
    return 0
  }
}

/** Writes a cursor so that a crash leaves the old one or the new one, never half of one. */
export async function writeCursor(
  directory: string,
  name: string,
  position: CursorPosition,
): Promise<void> {
  const cursors = cursorDirectory(directory)
  // Not with its parents: a journal that is gone may be a volume that is not mounted.
  await mkdir(cursors, { mode: 0o700 }).catch(unlessItIsThere)
  const path = cursorPath(directory, name)
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(position)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
  syncDirectory(cursors)
}

function unlessItIsThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
