import { statSync } from 'node:fs'
import { segmentPaths } from '../../record/directory.ts'
import type { NoteVerifier } from '../../record/signed-note.ts'
import { NoAnswer } from '../no-answer.ts'
import { jsonReport } from '../verify/json-report.ts'
import type { VerifyReport } from '../verify/report.ts'
import { verifyJournal, type VerifyProgress } from '../verify/verify-journal.ts'
import { fileOf, filePart, writeArchive, type ArchiveFile } from './archive.ts'
import type { Manifest } from './manifest.ts'
import { createPeriodFinder, type Period, type PeriodRange } from './period.ts'
import { matchPolicies, type PolicyVersion } from './policy-files.ts'
import { readMe } from './read-me.ts'
import { cutSegments } from './segment-cuts.ts'

export interface BundleOptions {
  readonly directory: string
  readonly period: Period
  /** Where the archive is written; it must not exist. */
  readonly out: string
  /** Files of policies that may have been in force. */
  readonly policyFiles: readonly string[]
  readonly keys?: readonly NoteVerifier[] | undefined
  /** Version of Sallyport that makes it. */
  readonly version: string
  readonly onProgress?: ((progress: VerifyProgress) => void) | undefined
}

/** What went into a bundle. */
export interface Bundle {
  readonly manifest: Manifest
  /** The verification of the whole journal that it is from. */
  readonly report: VerifyReport
  /** Files that were given as policies, and that were in force at no time in it. */
  readonly unusedPolicies: readonly string[]
}

/**
 * Writes the entries of a period with all that is needed to verify them offline: a gzipped tar archive, the
 * same bytes for the same input. A damaged journal is bundled as it is; its manifest says what is wrong.
 *
 * @throws NoAnswer where the journal has no entries, and whatever reading and writing files throws.
 */
export async function writeBundle(options: BundleOptions): Promise<Bundle> {
  const { directory, period, out } = options
  const finder = createPeriodFinder(period)
  const handovers: { readonly seq: number; readonly note: string }[] = []
  const report = await verifyJournal({
    directory,
    keys: options.keys,
    onProgress: options.onProgress,
    onLine: finder.take,
    onHandover: (note, seq) => void handovers.push({ seq, note }),
  })
  const range = finder.finish()
  if (range === undefined) throw new NoAnswer(`${directory} has no entries`)
  const { policies, unused } = matchPolicies(range.policyHashes, options.policyFiles)
  const about = describe(options, range, { report, policies })
  const early = handovers.filter(({ seq }) => seq < range.start.seq).map(({ note }) => note)
  const texts: readonly (readonly [string, string])[] = [
    ['README.txt', readMe(about)],
    ['keys.txt', about.keys.map((key) => `${key}\n`).join('')],
    ['handovers.txt', early.join('')],
    ['checkpoints.txt', range.checkpoints.join('')],
  ]
  const files: ArchiveFile[] = texts.map(([name, text]) => fileOf(name, Buffer.from(text)))
  for (const { file, bytes } of policies) if (file && bytes) files.push(fileOf(file, bytes))
  const cuts = cutSegments(segmentPaths(directory), range, (path) => statSync(path).size)
  for (const cut of cuts) files.push(await filePart(`entries/${cut.name}`, cut))
  const manifest = {
    ...about,
    files: files.map(({ name, bytes, sha256 }) => ({ name, bytes, sha256 })),
  }
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`
  await writeArchive(out, [fileOf('manifest.json', Buffer.from(text)), ...files], period.to)
  return { manifest, report, unusedPolicies: unused }
}

function describe(
  { period, version }: BundleOptions,
  range: PeriodRange,
  { report, policies }: { report: VerifyReport; policies: readonly PolicyVersion[] },
): Omit<Manifest, 'files'> {
  const { start, end } = range
  const { problems } = jsonReport(report)
  return {
    format: 'sallyport-audit-bundle/1',
    version,
    period: { from: isoOf(period.from), to: isoOf(period.to) },
    entries: {
      first_seq: start.seq,
      last_seq: end.seq,
      after: { seq: start.seq - 1, sha256: start.prev },
      head: end.written.digest,
    },
    contents: {
      first_seq: range.first ?? null,
      last_seq: range.last ?? null,
      calls_allowed: range.allowed,
      calls_refused: range.refused,
      kinds: { ...range.kinds },
    },
    is_closed: range.isClosed,
    keys: report.keys.map(({ verifier }) => verifier.vkey),
    policies: policies.map(({ hash: policyHash, file }) => {
      return { hash: policyHash, file: file ?? null }
    }),
    journal: {
      ok: report.ok,
      first_seq: report.firstSeq,
      last_seq: report.lastSeq,
      problem_count: report.problemCount,
      problems: [...problems],
    },
    verify: 'sallyport audit verify --bundle FILE --key KEY',
  }
}

function isoOf(time: number): string {
  return new Date(time).toISOString()
}
