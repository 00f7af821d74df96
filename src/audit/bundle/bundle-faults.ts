import { isDeepStrictEqual } from 'node:util'
import { printable } from '../../identify/printable.ts'
import type { ProblemCode } from '../verify/problems.ts'
import type { BundleFiles } from './bundle-files.ts'
import type { Manifest } from './manifest.ts'
import type { PeriodContents } from './period.ts'

/** What was seen of the entries while they were read. */
export interface Seen {
  firstTime: string | undefined
  firstPrev: string | undefined
  /** Time of the last checkpoint that holds. */
  signedTime: string | undefined
}

export interface BundleParts {
  readonly manifest: Manifest | undefined
  readonly files: Pick<BundleFiles, 'sums' | 'doubles'>
  readonly seen: Readonly<Seen>
  readonly lastSeq: number
  readonly head: string
  /** What the entries hold of the period. */
  readonly contents: PeriodContents | undefined
}

interface Fault {
  readonly code: ProblemCode
  readonly message: string
}

/** What a bundle is otherwise than its manifest says, and whether its entries cover its period. */
export function bundleFaults(parts: BundleParts): readonly Fault[] {
  const { manifest } = parts
  if (manifest === undefined) {
    return [bad('manifest.json is missing, or of a format that this version does not know')]
  }
  return [
    ...fileFaults(manifest, parts.files).map(bad),
    ...entryFaults(manifest, parts).map(bad),
    ...periodFaults(manifest, parts.seen),
  ]
}

function bad(message: string): Fault {
  return { code: 'bad_bundle', message }
}

function fileFaults(
  { files, policies }: Manifest,
  { sums, doubles }: BundleParts['files'],
): string[] {
  const faults = doubles().map((name) => `${printable(name)} is there more than once`)
  const read = sums()
  for (const { name, bytes, sha256 } of files) {
    const found = read.get(name)
    if (found === undefined) faults.push(`${printable(name)} is missing`)
    else if (found.bytes !== bytes || found.sha256 !== sha256) {
      faults.push(
        `${printable(name)} is not what the manifest says: its SHA-256 is ${found.sha256}`,
      )
    }
  }
  const named = new Set(['manifest.json', ...files.map(({ name }) => name)])
  for (const name of read.keys()) {
    if (!named.has(name)) faults.push(`${printable(name)} is not in the manifest`)
  }
  for (const { hash, file } of policies) {
    if (file !== null && `sha256:${read.get(file)?.sha256}` !== hash) {
      faults.push(`${printable(file)} is not the policy ${printable(hash, 80)}`)
    }
  }
  return faults
}

const nothing = { allowed: 0, refused: 0, kinds: {} }

function entryFaults(
  { entries, contents: stated }: Manifest,
  { seen, lastSeq, head, contents }: BundleParts,
): string[] {
  const faults: string[] = []
  const { after } = entries
  if (after.seq !== entries.first_seq - 1 || (seen.firstPrev ?? after.sha256) !== after.sha256) {
    faults.push('the first entry does not follow the one that the manifest names')
  }
  if (lastSeq !== entries.last_seq || head !== entries.head) {
    faults.push(
      `the last entry is ${lastSeq}, and not ${entries.last_seq} as the manifest names it`,
    )
  }
  const { allowed, refused, kinds } = contents ?? nothing
  const isCounted =
    stated.calls_allowed === allowed &&
    stated.calls_refused === refused &&
    isDeepStrictEqual(stated.kinds, kinds)
  if (!isCounted) faults.push('the entries of the period are not as many as the manifest counts')
  return faults
}

/** Times are compared as the entries have them, since the manifest is signed by nobody. */
function periodFaults({ period, entries }: Manifest, { firstTime, signedTime }: Seen): Fault[] {
  const faults: Fault[] = []
  const from = Date.parse(period.from)
  if (entries.first_seq > 1 && !(Date.parse(firstTime ?? '') < from)) {
    const message = `its first entry is from ${printable(firstTime ?? 'no time')}, not from before the period: entries may be missing at its beginning`
    faults.push({ code: 'period_not_covered', message })
  }
  if (!(Date.parse(signedTime ?? '') >= Date.parse(period.to))) {
    const message = `its last checkpoint is from ${printable(signedTime ?? 'no time')}, before the end of the period: entries may be missing at its end`
    faults.push({ code: 'period_not_covered', message })
  }
  return faults
}
