import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const segmentName = /^\d{12}\.jsonl$/

/**
 * Makes the audit directory, for its owner alone, and those above it, unless they are there. One at
 * a time: Node's recursive `mkdir` says ENOENT where the file system is read-only.
 */
export function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return
  const parent = dirname(directory)
  makeDirectory(parent)
  mkdirSync(directory, { mode: 0o700 })
  syncDirectory(parent)
}

/** Makes the names in a directory durable: syncing a file does not keep its name. */
export function syncDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** The same without holding up anything else. */
export async function syncNames(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Where the segment lives whose first entry has this number. */
export function segmentPath(directory: string, firstSeq: number): string {
  return join(directory, `${String(firstSeq).padStart(12, '0')}.jsonl`)
}

/** The paths of all segments, oldest first. */
export function segmentPaths(directory: string): readonly string[] {
  const names = readdirSync(directory).filter((name) => segmentName.test(name))
  return names.sort().map((name) => join(directory, name))
}
