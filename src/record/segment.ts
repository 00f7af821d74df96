import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { syncDirectory } from './directory.ts'

const syncData = promisify(fdatasync)

/** Room that a trial write asks for: a disk with less is as good as full. */
const trialBytes = 16 * 1024

/** One file of a journal, open at its end. */
export interface Segment {
  readonly path: string
  /** Adds whole lines. Where it rejects, they are not in the file, or will not be once it can be written again. */
  readonly append: (lines: Uint8Array) => Promise<void>
  /** Writes something and takes it back, to learn whether `append` would work. */
  readonly tryOut: () => Promise<void>
  /** Whether the file is still the one that others find under its path. */
  readonly isInPlace: () => boolean
  readonly close: () => void
}

export interface SegmentOptions {
  readonly path: string
  /** Size up to which the file is known to hold whole lines; a new file has none. */
  readonly sizeBytes: number
  readonly durability: 'synced' | 'buffered'
}

/** Opens a segment for writing, or creates it. Throws where it does not end where it should. */
export function openSegment({ path, sizeBytes, durability }: SegmentOptions): Segment {
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const opened = prepared(descriptor, path, sizeBytes)
  let size = sizeBytes
  let remnants = false

  /** Nothing may follow half a line, so this comes before every write until it has worked once. */
  function cutRemnants(): void {
    if (remnants) ftruncateSync(descriptor, size)
    remnants = false
  }

  async function write(bytes: Uint8Array): Promise<void> {
    cutRemnants()
    remnants = true
    // Into the page cache: two microseconds, where a thread takes sixty. The disk is for a thread.
    for (let done = 0; done < bytes.length;) {
      done += writeSync(descriptor, bytes, done, bytes.length - done, size + done)
    }
    if (durability === 'synced') await syncData(descriptor)
  }

  return {
    path,
    async append(lines) {
      try {
        await write(lines)
        size += lines.length
        remnants = false
      } catch (error) {
        attempt(cutRemnants)
        throw error
      }
    },
    async tryOut() {
      try {
        await write(Buffer.alloc(trialBytes, ' '))
      } finally {
        cutRemnants()
      }
    },
    isInPlace() {
      const found = statSync(path, { throwIfNoEntry: false })
      return found !== undefined && found.ino === opened.ino && found.dev === opened.dev
    },
    close() {
      attempt(cutRemnants)
      closeSync(descriptor)
    },
  }
}

function prepared(descriptor: number, path: string, sizeBytes: number) {
  try {
    const opened = fstatSync(descriptor)
    if (opened.size !== sizeBytes) {
      throw new Error(
        `${path} has ${opened.size} bytes where ${sizeBytes} were left; something else writes to it`,
      )
    }
    syncDirectory(dirname(path))
    return opened
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // What could not be done now is done before the next write.
  }
}
