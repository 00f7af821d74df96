import { hash } from 'node:crypto'
import { genesis } from '../../record/chain.ts'
import type { NoteVerifier } from '../../record/signed-note.ts'
import { createChainCheck } from './chain-check.ts'
import { createGaps, type Gaps } from './gaps.ts'
import { createKeyRing, type KeyRing } from './key-ring.ts'
import { createPairing, type Pairing } from './pairing.ts'
import { parseLine, type ParsedLine } from './parsed-line.ts'
import { createProblems, type Place, type Problems } from './problems.ts'
import { createPublishedCheck, type PublishedFile } from './published.ts'
import { reportOf, type Findings, type VerifyReport } from './report.ts'
import { createSegmentOrder } from './segment-order.ts'
import { createSignatureCheck, type SignatureCheck } from './signature-check.ts'

export interface VerificationOptions {
  /** Keys to trust. Without any, the first that the journal names is trusted. */
  readonly keys?: readonly NoteVerifier[] | undefined
  /** Trusted without any keys where a checkpoint comes before the journal has named one. */
  readonly fallbackKeys?: readonly NoteVerifier[] | undefined
  readonly published?: readonly PublishedFile[] | undefined
  /** Whether the journal goes on behind what is read, as it does behind a bundle. */
  readonly isPart?: boolean
  /** Number of the first entry, where what is verified is only a part of a journal. */
  readonly partFrom?: number | undefined
  /** Called with every line that stands where it should. */
  readonly onLine?: ((line: ParsedLine, written: WrittenLine) => void) | undefined
  /** Called with every note that names a signing key and holds, and the number of its entry. */
  readonly onHandover?: ((note: string, seq: number) => void) | undefined
}

/** A line as it stands in its file. */
export interface WrittenLine {
  readonly digest: string
  readonly segment: string
  /** Bytes of the file before it, and with it and its newline. */
  readonly begin: number
  readonly end: number
  /** Whether it is a checkpoint that holds. */
  readonly isSigned: boolean
}

/** A verification under way. Segments and their lines are given to it in order. */
export interface Verification {
  readonly problems: Problems
  readonly ring: KeyRing
  readonly beginSegment: (name: string) => void
  /** Takes a line without its newline, and the bytes that it takes up in the file. */
  readonly line: (bytes: Buffer, fileBytes: number) => void
  readonly endSegment: (rest: { readonly bytes: number; readonly mayGrow: boolean }) => void
  /** The last entry that stood where it should. */
  readonly last: () => { readonly seq: number; readonly digest: string }
  readonly finish: () => VerifyReport
}

/** The first or last line that stood where it should. */
interface End {
  readonly seq: number
  readonly digest: string
  readonly time: string | undefined
}

const nothing: End = { ...genesis, time: undefined }

/** Makes a verification. It does no I/O; its time goes into SHA-256, JSON and Ed25519. */
export function createVerification(options: VerificationOptions): Verification {
  const { keys = [], fallbackKeys = [], onLine } = options
  const problems = createProblems()
  const ring = createKeyRing(keys)
  const published = createPublishedCheck(options.published ?? [], { ...options, problems, ring })
  const chain = createChainCheck({ problems })
  const gaps = createGaps({ problems })
  const segments = createSegmentOrder({ problems, chain, gaps, partFrom: options.partFrom })
  const signatures = createSignatureCheck({ ...options, problems, ring })
  const pairing = createPairing({ problems })
  const checks = { ring, fallbackKeys, gaps, signatures, pairing }
  let [first, last] = [nothing, nothing]
  let standing: 'unread' | 'read' | 'aside' = 'unread'
  let [entries, bytes, offset, unfinishedBytes] = [0, 0, 0, 0]

  function enter(line: ParsedLine | undefined): void {
    const entrance = segments.enter(line)
    standing = entrance === 'aside' ? 'aside' : 'read'
    if (entrance === 'jumps') pairing.skip()
    if (entrance === 'jumps' && line) last = { ...last, digest: line.prev }
  }

  return {
    problems,
    ring,
    beginSegment(name) {
      segments.begin(name)
      standing = 'unread'
      offset = 0
    },
    line(lineBytes, fileBytes) {
      const line = parseLine(lineBytes)
      if (standing === 'unread') enter(line)
      const place = segments.next(line?.seq)
      bytes += fileBytes
      offset += fileBytes
      if (standing === 'aside') return
      const digest = hash('sha256', lineBytes)
      const found = chain.follow(line, digest, place)
      if (line === undefined || found === 'aside') return
      if (found === 'after_gap') pairing.skip()
      entries += 1
      const isSigned = takeEntry(line, last.digest, place, checks)
      if (isSigned) chain.vouch()
      last = { seq: line.seq, digest, time: line.time }
      if (first === nothing) first = last
      published.take(line.seq, digest)
      const { segment } = place
      onLine?.(line, { digest, segment, begin: offset - fileBytes, end: offset, isSigned })
    },
    endSegment(rest) {
      gaps.endSegment(last.seq, last.digest)
      segments.end(rest)
      unfinishedBytes = rest.bytes
    },
    last: () => last,
    finish() {
      chain.finish()
      const calls = pairing.finish()
      const signed = signatures.finish()
      gaps.finish(signed.through)
      const compared = published.finish({ firstSeq: first.seq, lastSeq: last.seq })
      const counts = { entries, bytes, unfinishedBytes, segments: segments.count() }
      const trusted = keys.length > 0 ? 'given' : 'first_use'
      const { isPart = false } = options
      const findings = { ...counts, first, last, calls, signed, compared, trusted, isPart } as const
      tellNothing(findings, segments.place(), problems)
      return reportOf({ ...findings, problems, trustedKeys: ring.keys() })
    },
  }
}

interface EntryChecks {
  readonly ring: KeyRing
  readonly fallbackKeys: readonly NoteVerifier[]
  readonly gaps: Gaps
  readonly signatures: SignatureCheck
  readonly pairing: Pairing
}

/** Looks at what an entry says. Returns whether it is a checkpoint that holds. */
function takeEntry(line: ParsedLine, before: string, place: Place, checks: EntryChecks): boolean {
  const { ring, fallbackKeys, gaps, signatures, pairing } = checks
  if (line.kind === 'checkpoint') {
    if (ring.keys().length === 0) ring.trust(fallbackKeys)
    return signatures.checkpoint(line, before, place)
  }
  if (line.kind === 'signing_key') signatures.signingKey(line, place)
  else if (line.kind === 'retention') gaps.retention(line, place)
  else pairing.take(line, place)
  return false
}

type Found = Pick<Findings, 'entries' | 'trusted' | 'signed'>

/** Tells where there is nothing, or nothing that the keys given have signed. */
function tellNothing({ entries, trusted, signed }: Found, place: Place, problems: Problems): void {
  const end = { ...place, order: Infinity }
  if (entries === 0) problems.add(end, 'no_entries', 'there is not one entry')
  else if (trusted === 'given' && signed.checkpoints === 0) {
    const message = 'no checkpoint is signed by a key that was given: nothing here is proven'
    problems.add(end, 'no_checkpoint', message)
  }
}
