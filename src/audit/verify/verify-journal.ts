import { open, stat, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { segmentPaths } from '../../record/directory.ts'
import { firstSeqOf, segmentHolding } from '../../record/segment-walk.ts'
import type { NoteVerifier } from '../../record/signed-note.ts'
import { createLineSplitter } from './line-splitter.ts'
import { keysBeside } from './trusted-keys.ts'
import type { PublishedFile } from './published.ts'
import type { VerifyReport } from './report.ts'
import { createVerification, type Verification, type VerificationOptions } from './verification.ts'

/** How far the files have been read. */
export interface VerifyProgress {
  readonly bytes: number
  readonly totalBytes: number
}

export interface VerifyOptions extends Pick<VerificationOptions, 'onLine' | 'onHandover'> {
  readonly directory: string
  /** Keys to trust. Without any, the first that the journal names is trusted. */
  readonly keys?: readonly NoteVerifier[] | undefined
  /** Checkpoints that were kept elsewhere. */
  readonly checkpoints?: readonly PublishedFile[] | undefined
  /** Verifies from the segment on that holds this entry; the first unless given. */
  readonly from?: number | undefined
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Small enough that whatever else runs in the process waits two milliseconds at most. */
const blockBytes = 256 * 1024

/**
 * Verifies a journal: its chain, segments, checkpoints, keys and pairs of entries. It locks nothing, so the
 * service may go on writing. Rejects where a file cannot be read, and with the signal's reason.
 */
export async function verifyJournal(options: VerifyOptions): Promise<VerifyReport> {
  const { directory, from, keys, checkpoints } = options
  const all = segmentPaths(directory)
  const first = from === undefined ? undefined : segmentHolding(all, from)
  const paths = first === undefined ? all : all.slice(all.indexOf(first))
  const verification = createVerification({
    ...options,
    keys,
    published: checkpoints,
    fallbackKeys: keysBeside(directory),
    partFrom: first === undefined || first === all[0] ? undefined : firstSeqOf(first),
  })
  const sizes = await Promise.all(paths.map(sizeOf))
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0)
  let bytes = 0
  const onBytes = (read: number): void => {
    bytes += read
    options.onProgress?.({ bytes, totalBytes: Math.max(bytes, totalBytes) })
    options.signal?.throwIfAborted()
  }
  options.signal?.throwIfAborted()
  for (const path of paths) {
    await verifySegment(path, { verification, onBytes, mayGrow: path === paths.at(-1) })
  }
  return verification.finish()
}

interface Reading {
  readonly verification: Verification
  readonly onBytes: (read: number) => void
  readonly mayGrow: boolean
}

async function verifySegment(path: string, { verification, onBytes, mayGrow }: Reading) {
  // Retention may remove it at any moment. Then it is missing, which an entry must account for.
  const file = await open(path, 'r').catch(unlessGone)
  if (file === undefined) return
  try {
    verification.beginSegment(basename(path))
    const splitter = createLineSplitter(verification.line)
    for await (const block of blocksOf(file)) {
      splitter.push(block)
      onBytes(block.length)
    }
    verification.endSegment({ bytes: splitter.end(), mayGrow })
  } finally {
    await file.close()
  }
}

/** The bytes of a file in blocks, each good until the next is asked for. */
async function* blocksOf(file: FileHandle): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafe(blockBytes)
  let at = 0
  let isMore = true
  while (isMore) {
    const { bytesRead } = await file.read(block, 0, block.length, at)
    at += bytesRead
    isMore = bytesRead > 0
    if (isMore) yield block.subarray(0, bytesRead)
  }
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(unlessGone))?.size ?? 0
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
