import { statfsSync, statSync } from 'node:fs'
import { segmentPaths } from '../../record/directory.ts'

/** The disk of the journal has no room for an index. */
export class NoRoom extends Error {
  override readonly name = 'NoRoom'
}

export interface RoomOptions {
  /** Bytes that are free where a directory is; the file system says so unless given. */
  readonly freeBytes?: ((directory: string) => number) | undefined
}

/** What the index leaves free: without room for the journal, calls are refused. */
const spareBytes = 64 * 1024 ** 2

/** An index takes about a quarter of its journal; somewhat more while it is made. */
const indexShare = 0.4

/**
 * Makes sure that there is room for what an index still grows by.
 *
 * @throws NoRoom where there is not: the index can be had again, and calls must be recorded.
 */
export function requireRoom(directory: string, options: RoomOptions = {}): void {
  requireFree(directory, spareBytes, options)
}

/**
 * Makes sure that there is room for the whole index of a journal.
 *
 * @throws NoRoom where there is not.
 */
export function requireRoomForAll(directory: string, options: RoomOptions = {}): void {
  const journalBytes = segmentPaths(directory)
    .map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0)
  requireFree(directory, spareBytes + Math.ceil(journalBytes * indexShare), options)
}

function requireFree(directory: string, wanted: number, options: RoomOptions): void {
  const { freeBytes = freeBytesOf } = options
  const free = freeBytes(directory)
  if (free >= wanted) return
  throw new NoRoom(
    `${mebibytes(free)} MiB are free in ${directory}, and the review index needs ${mebibytes(wanted)} MiB so that the journal has room, too; make room`,
  )
}

function freeBytesOf(directory: string): number {
  const { bavail, bsize } = statfsSync(directory)
  return bavail * bsize
}

function mebibytes(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2)
}
