import type { CallCounts } from './pairing.ts'
import type { TrustedKey } from './key-ring.ts'
import type { Problems, VerifyProblem } from './problems.ts'
import type { PublishedResult } from './published.ts'
import type { Signed } from './signature-check.ts'

/** What a verification found. */
export interface VerifyReport {
  /** Whether nothing is wrong. What was not proven is in `notes`. */
  readonly ok: boolean
  /** Lines that are entries where they should be. */
  readonly entries: number
  readonly segments: number
  readonly bytes: number
  /** Checkpoints that a trusted key has signed and that fit the entries before them. */
  readonly checkpoints: number
  /** The last entry that a checkpoint covers; 0 where none does. */
  readonly signedThrough: number
  readonly signedTime: string | undefined
  /** Entries behind the last checkpoint's own. */
  readonly unsignedEntries: number
  /** Checkpoints from elsewhere that fit. */
  readonly published: number
  readonly calls: CallCounts
  /** The first hundred, in the order of the lines. */
  readonly problems: readonly VerifyProblem[]
  readonly problemCount: number
  readonly keys: readonly TrustedKey[]
  readonly trusted: 'given' | 'first_use'
  /** SHA-256 of the last line. */
  readonly head: string
  /** 0 where there are no entries. */
  readonly firstSeq: number
  readonly lastSeq: number
  readonly firstTime: string | undefined
  readonly lastTime: string | undefined
  /** What a bundle was made to show; absent for a journal. */
  readonly period?: VerifiedPeriod | undefined
  /** What is no problem and still should be known: what was not proven. */
  readonly notes: readonly string[]
}

/** The period of a bundle, and what its entries hold of it. */
export interface VerifiedPeriod {
  readonly from: string
  readonly to: string
  readonly allowed: number
  readonly refused: number
}

/** What a verification has counted. */
export interface Findings {
  readonly problems: Problems
  readonly trustedKeys: readonly TrustedKey[]
  readonly trusted: 'given' | 'first_use'
  readonly entries: number
  readonly segments: number
  readonly bytes: number
  /** Bytes behind the last newline. */
  readonly unfinishedBytes: number
  readonly first: { readonly seq: number; readonly time: string | undefined }
  readonly last: {
    readonly seq: number
    readonly time: string | undefined
    readonly digest: string
  }
  readonly calls: CallCounts
  readonly signed: Signed
  readonly compared: PublishedResult
  /** Whether what was read is known to go on elsewhere. */
  readonly isPart: boolean
}

/** Puts together what a verification found, and says in words what it does not prove. */
export function reportOf(findings: Findings): VerifyReport {
  const { problems, entries, segments, calls, signed, compared, first, last } = findings
  return {
    ok: problems.count() === 0,
    entries,
    segments,
    bytes: findings.bytes + findings.unfinishedBytes,
    checkpoints: signed.checkpoints,
    signedThrough: signed.through,
    signedTime: signed.time,
    unsignedEntries: unsignedEntries(findings),
    published: compared.matched,
    calls,
    problems: problems.list(),
    problemCount: problems.count(),
    keys: findings.trustedKeys,
    trusted: findings.trusted,
    head: last.digest,
    firstSeq: first.seq,
    lastSeq: last.seq,
    firstTime: first.time,
    lastTime: last.time,
    notes: notesOn(findings),
  }
}

function unsignedEntries({ entries, signed, last }: Findings): number {
  return signed.checkpoints === 0 ? entries : last.seq - signed.seq
}

function notesOn(findings: Findings): readonly string[] {
  const { signed, compared, calls, unfinishedBytes, first, isPart } = findings
  const unsigned = unsignedEntries(findings)
  const notes: readonly (string | false)[] = [
    signed.checkpoints === 0 &&
      'no checkpoint was verified: nothing is signed, so who can write the files can rewrite all of it',
    signed.checkpoints > 0 &&
      unsigned > 0 &&
      `${counted(unsigned, 'entry', 'entries')} after entry ${signed.seq} not yet signed: they can be changed, or cut off, unseen`,
    findings.trusted === 'first_use' &&
      signed.checkpoints > 0 &&
      'keys are trusted as the journal itself names them: this shows that it fits together, not who wrote it; give the key that you know with --key',
    compared.given === 0 &&
      'not compared with a checkpoint that was kept elsewhere: entries that were cut off the end do not show; give one with --checkpoint',
    compared.before > 0 &&
      `${counted(compared.before, 'published checkpoint', 'published checkpoints')} cannot be compared: about entries before ${first.seq}`,
    compared.after > 0 &&
      `${counted(compared.after, 'published checkpoint', 'published checkpoints')} cannot be compared: about entries behind the end of the bundle`,
    signed.superseded > 0 &&
      `${counted(signed.superseded, 'checkpoint', 'checkpoints')} by keys that are not trusted; a later one by a trusted key covers the same`,
    calls.open > 0 &&
      `${counted(calls.open, 'call', 'calls')} open: allowed, and not ended ${isPart ? 'within the bundle' : 'when the journal was read'}`,
    unfinishedBytes > 0 && `${unfinishedBytes} bytes at the end are being written`,
  ]
  return notes.filter((note) => note !== false)
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
