import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { syncNames } from './directory.ts'
import { inTime, slowDisk, systemDisk, type Disk } from './disk.ts'

/** Room that a trial write asks for: a disk with less is as good as full. */
const trialBytes = 16 * 1024

/** One file of a journal, open at its end. */
export interface Segment {
  readonly path: string
  /** Bytes of its whole lines. */
  readonly sizeBytes: () => number
  /**
   * Adds whole lines. Where it rejects, they are not in the file, or will not be once it can be written
   * again: also those that a slow disk took after all, since nobody was told that they were recorded.
   */
  readonly append: (lines: Uint8Array) => Promise<void>
  /** Writes something and takes it back, to learn whether `append` would work. */
  readonly tryOut: () => Promise<void>
  /** Makes durable what was added; `synced` segments are so already. */
  readonly sync: () => Promise<void>
  /** Whether the file is still the one that others find under its path. */
  readonly isInPlace: () => boolean
  readonly close: () => void
}

export interface SegmentOptions {
  readonly path: string
  /** Size up to which the file is known to hold whole lines; a new file has none. */
  readonly sizeBytes: number
  readonly durability: 'synced' | 'buffered'
  /** The system's unless given. */
  readonly disk?: Disk | undefined
}

/** Opens a segment for writing, or creates it. Rejects where it does not end where it should. */
export async function openSegment(options: SegmentOptions): Promise<Segment> {
  const { path, sizeBytes, durability, disk = systemDisk } = options
  const descriptor = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600)
  const opened = await prepared(descriptor, { path, sizeBytes, disk })
  let size = sizeBytes
  let remnants = false
  let syncing: Promise<void> | undefined

  /** Nothing may follow half a line, so this comes before every write until it has worked once. */
  function cutRemnants(): void {
    if (remnants) ftruncateSync(descriptor, size)
    remnants = false
  }

  async function write(bytes: Uint8Array): Promise<void> {
    if (syncing && durability === 'synced') throw slowDisk(disk)
    cutRemnants()
    remnants = true
    // Into the page cache: two microseconds, where a thread takes sixty. The disk is for a thread.
    for (let done = 0; done < bytes.length;) {
      done += writeSync(descriptor, bytes, done, bytes.length - done, size + done)
    }
    if (durability === 'synced') await syncAlone()
  }

  /** While the disk is busy nothing is cut: it would wait for the disk as well, and all calls with it. */
  async function syncAlone(): Promise<void> {
    syncing = disk.syncData(descriptor).finally(() => {
      syncing = undefined
    })
    await inTime(syncing, disk)
  }

  return {
    path,
    sizeBytes: () => size,
    async append(lines) {
      try {
        await write(lines)
        size += lines.length
        remnants = false
      } catch (error) {
        if (!syncing) attempt(cutRemnants)
        throw error
      }
    },
    async tryOut() {
      try {
        await write(Buffer.alloc(trialBytes, ' '))
      } finally {
        if (!syncing) cutRemnants()
      }
    },
    async sync() {
      if (durability === 'synced') return
      // What is under way may have begun too soon, and a disk that hangs gets no second thread.
      if (syncing) await inTime(syncing.catch(ignored), disk)
      await syncAlone()
    },
    isInPlace() {
      const found = statSync(path, { throwIfNoEntry: false })
      return found !== undefined && found.ino === opened.ino && found.dev === opened.dev
    },
    close() {
      if (!syncing) attempt(cutRemnants)
      closeSync(descriptor)
    },
  }
}

interface Preparation {
  readonly path: string
  readonly sizeBytes: number
  readonly disk: Disk
}

async function prepared(descriptor: number, { path, sizeBytes, disk }: Preparation) {
  try {
    const opened = fstatSync(descriptor)
    if (opened.size !== sizeBytes) {
      throw new Error(
        `${path} has ${opened.size} bytes where ${sizeBytes} were left; something else writes to it`,
      )
    }
    await inTime(syncNames(dirname(path)), disk)
    return opened
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** Whoever began it hears of it. */
function ignored(): void {}

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // What could not be done now is done before the next write.
  }
}
