import type { AuditSettings } from '../config/audit-settings.ts'
import type { Logger } from '../log.ts'
import { makeDirectory } from './directory.ts'
import type { Disk } from './disk.ts'
import { createDurableMark, type DurableMark } from './durable-mark.ts'
import { finishing } from './late-entry.ts'
import { createLines } from './line.ts'
import { takeLock, type DirectoryLock } from './lock.ts'
import { createOpenCalls, type OpenCalls } from './open-calls.ts'
import { readLegacy, type Legacy } from './recovery.ts'
import { finishRemoval } from './retention.ts'
import { resume } from './resume.ts'
import { openSegment } from './segment.ts'
import { completeSegments, type SegmentTotals } from './segment-totals.ts'
import { createSegmentWriter, type SegmentWriter } from './segment-writer.ts'
import { isHandedOver, signingOf, type Signing } from './signing-key-entry.ts'
import { loadSigningKeys, publishVerifierKey } from './signing-keys.ts'
import { createUlids } from './ulid.ts'

/** What it takes to open the files of a journal. */
export interface FilesOptions {
  readonly directory: string
  readonly durability: 'synced' | 'buffered'
  readonly segments?: AuditSettings['segments'] | undefined
  readonly checkpoints?: Omit<AuditSettings['checkpoints'], 'witnesses'> | undefined
  readonly replica: string
  readonly version: string
  readonly log: Logger
  readonly now: () => number
  readonly disk?: Disk | undefined
}

/** The files of a journal, ready to be written, and what was found in them. */
export interface JournalFiles {
  readonly writer: SegmentWriter
  readonly repairedBytes: number
  readonly legacy: Legacy
  /** Absent where checkpoints are not wanted. */
  readonly signing: Signing | undefined
  readonly openCalls: OpenCalls
  readonly durable: DurableMark
  /** The segments that are not written any more. */
  readonly complete: SegmentTotals
}

/** Takes a directory, repairs what a crash left in it, and opens its last segment. Rejects where it cannot be had. */
export async function openFiles(options: FilesOptions): Promise<JournalFiles> {
  makeDirectory(options.directory)
  const lock = takeLock(options.directory)
  try {
    return await openLocked(options, lock)
  } catch (error) {
    lock.release()
    throw error
  }
}

async function openLocked(options: FilesOptions, lock: DirectoryLock): Promise<JournalFiles> {
  const { directory, replica, version, now } = options
  const { path, sizeBytes, head, begunAt, repairedBytes } = await resume(directory)
  const legacy = await readLegacy(directory)
  await finishRemoval(directory, legacy.removedThrough)
  const signing = loadSigning(options, legacy)
  const segment = await openSegment({ ...options, path, sizeBytes })
  const openCalls = createOpenCalls()
  const durable = createDurableMark()
  const complete = completeSegments(directory)
  const encode = createLines({ replica, version, writeId: createUlids({ now }).writeNext })
  const writer = createSegmentWriter({
    ...options,
    lock,
    segment,
    head,
    begunAt,
    encodeBatch: finishing(encode),
    onWritten(batch, seqBefore) {
      openCalls.follow(batch, seqBefore)
      durable.moveTo(seqBefore + batch.length)
    },
    onComplete: complete.add,
  })
  return { writer, repairedBytes, legacy, signing, openCalls, durable, complete }
}

function loadSigning(
  { checkpoints, directory, replica, log }: FilesOptions,
  { key }: Legacy,
): Signing | undefined {
  if (checkpoints === undefined) return undefined
  const { keyFile, origin } = checkpoints
  const signing = signingOf(loadSigningKeys({ directory, keyFile, log }), key, { origin, replica })
  if (keyFile === undefined) publishVerifierKey(directory, signing.signer.verifier.vkey)
  if (!isHandedOver(signing)) {
    log.warn(
      { previous_key: key?.keyId, key: signing.signer.verifier.keyId },
      'audit checkpoints have another key, which the key before did not sign; give it to verifiers by hand',
    )
  }
  return signing
}
