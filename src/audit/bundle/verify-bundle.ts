import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { NoteVerifier } from '../../record/signed-note.ts'
import { parseHandover } from '../verify/handover.ts'
import { createLineSplitter } from '../verify/line-splitter.ts'
import type { ParsedLine } from '../verify/parsed-line.ts'
import { notesIn, type PublishedFile } from '../verify/published.ts'
import type { VerifiedPeriod, VerifyReport } from '../verify/report.ts'
import { parseKeys } from '../verify/trusted-keys.ts'
import { createVerification, type Verification, type WrittenLine } from '../verify/verification.ts'
import type { VerifyProgress } from '../verify/verify-journal.ts'
import { createBundleFiles, type BundleFiles, type EntriesReader } from './bundle-files.ts'
import { bundleFaults, type Seen } from './bundle-faults.ts'
import { parseManifest, type Manifest } from './manifest.ts'
import { createPeriodFinder, type PeriodFinder, type PeriodRange } from './period.ts'
import { createUntar } from './untar.ts'

export interface BundleVerifyOptions {
  readonly file: string
  /** Version of Sallyport that verifies: what a bundle of the same version explains is known word for word. */
  readonly version: string
  readonly keys?: readonly NoteVerifier[] | undefined
  readonly checkpoints?: readonly PublishedFile[] | undefined
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Verifies a bundle without unpacking it: its files against its manifest, its entries as a journal's are,
 * and that they cover the period. Rejects where the file cannot be read.
 */
export async function verifyBundle(options: BundleVerifyOptions): Promise<VerifyReport> {
  const { file, onProgress, signal } = options
  const { size: totalBytes } = await stat(file)
  const reader = createReader(options)
  const source = createReadStream(file)
  let bytes = 0
  source.on('data', (block) => {
    bytes += block.length
    onProgress?.({ bytes, totalBytes })
  })
  const unzipped = source.pipe(createGunzip())
  source.once('error', (error) => unzipped.destroy(error))
  const untar = createUntar(reader.files.visitor)
  try {
    for await (const block of unzipped) {
      signal?.throwIfAborted()
      untar.push(block as Buffer)
    }
    untar.finish()
  } catch (error) {
    signal?.throwIfAborted()
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw error
    return reader.finish((error as Error).message)
  } finally {
    source.destroy()
  }
  return reader.finish(undefined)
}

/** Reads files as they come: what entries are verified with comes before them. */
function createReader({ file, version, keys = [], checkpoints }: BundleVerifyOptions) {
  const seen: Seen = {
    firstTime: undefined,
    firstPrev: undefined,
    isFirstSigned: false,
    lastTime: undefined,
  }
  let finder: PeriodFinder | undefined
  let started:
    | { readonly verification: Verification; readonly manifest: Manifest | undefined }
    | undefined

  function onLine(line: ParsedLine, written: WrittenLine): void {
    if (seen.firstPrev === undefined) {
      seen.firstTime = line.time
      seen.firstPrev = line.prev
      seen.isFirstSigned = written.isSigned
    }
    seen.lastTime = line.time
    finder?.take(line, written)
  }

  function start() {
    const manifest = parseManifest(files.text('manifest.json'))
    finder = manifest && createPeriodFinder(periodOf(manifest))
    const verification = createVerification({
      keys,
      published: checkpoints,
      isPart: true,
      fallbackKeys: parseKeys(files.text('keys.txt')).filter((key) => key !== undefined),
      partFrom: manifest?.entries.first_seq ?? 1,
      onLine,
    })
    for (const { text } of notesIn(files.text('handovers.txt'))) {
      const handover = parseHandover(text)
      if (handover) verification.ring.takeOver(handover)
    }
    started = { verification, manifest }
    return started
  }

  const verified = () => started ?? start()
  const files: BundleFiles = createBundleFiles(entriesReader(() => verified().verification))

  return {
    files,
    finish(trouble: string | undefined): VerifyReport {
      const { verification, manifest } = verified()
      const place = { segment: basename(file), line: undefined, seq: undefined, order: -1 }
      if (trouble !== undefined) verification.problems.add(place, 'bad_bundle', trouble)
      const { seq: lastSeq, digest: head } = verification.last()
      const contents = finder?.finish()
      const faults = bundleFaults({
        manifest,
        version,
        files,
        seen,
        lastSeq,
        head,
        contents,
      })
      for (const { code, message } of faults) verification.problems.add(place, code, message)
      return { ...verification.finish(), period: manifest && verifiedPeriod(manifest, contents) }
    },
  }
}

function verifiedPeriod({ period }: Manifest, contents: PeriodRange | undefined): VerifiedPeriod {
  return { ...period, allowed: contents?.allowed ?? 0, refused: contents?.refused ?? 0 }
}

function periodOf({ period }: Manifest) {
  return { from: Date.parse(period.from), to: Date.parse(period.to) }
}

function entriesReader(verification: () => Verification): EntriesReader {
  const splitter = createLineSplitter((line, bytes) => verification().line(line, bytes))
  return {
    begin: (segment) => verification().beginSegment(segment),
    bytes: (bytes) => splitter.push(bytes),
    end: () => verification().endSegment({ bytes: splitter.end(), mayGrow: false }),
  }
}
