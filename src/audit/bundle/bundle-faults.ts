import { isDeepStrictEqual } from 'node:util'
import { printable } from '../../identify/printable.ts'
import type { ProblemCode } from '../verify/problems.ts'
import type { BundleFiles } from './bundle-files.ts'
import type { Manifest } from './manifest.ts'
import type { PeriodRange } from './period.ts'
import { policyName } from './policy-files.ts'
import { readMe } from './read-me.ts'

/** What was seen of the entries while they were read. */
export interface Seen {
  firstTime: string | undefined
  firstPrev: string | undefined
  /** Whether the first is a checkpoint that holds. */
  isFirstSigned: boolean
  lastTime: string | undefined
}

export interface BundleParts {
  readonly manifest: Manifest | undefined
  /** Version of Sallyport that verifies. */
  readonly version: string
  readonly files: Pick<BundleFiles, 'sums' | 'doubles' | 'text'>
  readonly seen: Readonly<Seen>
  readonly lastSeq: number
  readonly head: string
  /** What the entries hold of the period. */
  readonly contents:
    | Pick<
        PeriodRange,
        'allowed' | 'refused' | 'kinds' | 'isClosed' | 'checkpoints' | 'policyHashes'
      >
    | undefined
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
    ...policyFaults(manifest, parts).map(bad),
    ...textFaults(manifest, parts).map(bad),
    ...entryFaults(manifest, parts).map(bad),
    ...periodFaults(manifest, parts),
  ]
}

function bad(message: string): Fault {
  return { code: 'bad_bundle', message }
}

/** What a bundle may hold. Whoever unpacks one trusts the names that it was verified with. */
const expectedNames =
  /^(manifest\.json|README\.txt|(keys|handovers|checkpoints)\.txt|policies\/[0-9a-f]{64}\.yaml|entries\/[0-9]{12}\.jsonl)$/

function fileFaults({ files }: Manifest, { sums, doubles }: BundleParts['files']): string[] {
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
    else if (!expectedNames.test(name)) faults.push(`${printable(name)} is no file of a bundle`)
  }
  return faults
}

/** The manifest is signed by nobody; which policies were in force the entries say. */
function policyFaults(
  { policies }: Manifest,
  { files, contents }: Pick<BundleParts, 'files' | 'contents'>,
): string[] {
  const read = files.sums()
  const inForce = new Set((contents ?? nothing).policyHashes)
  const faults: string[] = []
  for (const { hash, file } of policies) {
    if (!inForce.delete(hash)) faults.push(`${printable(hash, 80)} is no policy of its entries`)
    const isItself = file === policyName(hash) && `sha256:${read.get(file)?.sha256}` === hash
    if (file !== null && !isItself) {
      faults.push(`${printable(file)} is not the policy ${printable(hash, 80)}`)
    }
  }
  for (const hash of inForce) {
    faults.push(`the policy ${printable(hash, 80)} of its entries is not in the manifest`)
  }
  const named = new Set(policies.map(({ file }) => file))
  for (const name of read.keys()) {
    if (name.startsWith('policies/') && !named.has(name)) {
      faults.push(`${printable(name)} is no policy of the manifest`)
    }
  }
  return faults
}

/** Texts that follow from the entries and the manifest. Another version may word what it explains otherwise. */
function textFaults(manifest: Manifest, { files, contents, version }: BundleParts): string[] {
  const faults: string[] = []
  const read = (name: string) => files.text(name)
  if (read('checkpoints.txt') !== (contents ?? nothing).checkpoints.join('')) {
    faults.push('checkpoints.txt does not have the checkpoints of its entries')
  }
  if (read('keys.txt') !== manifest.keys.map((key) => `${key}\n`).join('')) {
    faults.push('keys.txt does not have the keys of the manifest')
  }
  if (manifest.version === version && read('README.txt') !== readMe(manifest)) {
    faults.push('README.txt does not say what the manifest says')
  }
  return faults
}

const nothing = {
  allowed: 0,
  refused: 0,
  kinds: {},
  isClosed: false,
  checkpoints: [],
  policyHashes: [],
}

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

/**
 * Times are compared as the entries have them, since the manifest is signed by nobody. Times do not ascend, so
 * an entry from before the period shows nothing; a checkpoint was written when all before it had been.
 */
function periodFaults({ period, entries }: Manifest, { seen, contents }: BundleParts): Fault[] {
  const { firstTime = 'no time', isFirstSigned, lastTime = 'no time' } = seen
  const faults: Fault[] = []
  const isFromBefore = isFirstSigned && Date.parse(firstTime) < Date.parse(period.from)
  if (entries.first_seq > 1 && !isFromBefore) {
    const message = `its first entry, from ${printable(firstTime)}, is no checkpoint from before the period: entries may be missing at its beginning`
    faults.push({ code: 'period_not_covered', message })
  }
  if (!(contents ?? nothing).isClosed) {
    const message = `its last entry, from ${printable(lastTime)}, comes before a checkpoint from a minute after the period, or from a stop behind it: entries may be missing at its end`
    faults.push({ code: 'period_not_covered', message })
  }
  return faults
}
