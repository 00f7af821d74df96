import type { VerifyReport } from './report.ts'

/** A report as `sallyport audit verify --json` prints it. What is absent is null. */
export function jsonReport(report: VerifyReport) {
  const { problems, keys, calls } = report
  return {
    ok: report.ok,
    entries: report.entries,
    segments: report.segments,
    bytes: report.bytes,
    checkpoints: report.checkpoints,
    signed_through: report.signedThrough,
    unsigned_entries: report.unsignedEntries,
    published_checkpoints: report.published,
    calls: { allowed: calls.allowed, refused: calls.refused, open: calls.open },
    problems: problems.map(({ segment, line, seq, code, message }) => {
      return { segment, line: line ?? null, seq: seq ?? null, code, message }
    }),
    problem_count: report.problemCount,
    keys: keys.map(({ verifier, trust }) => ({ vkey: verifier.vkey, trust })),
    trusted: report.trusted,
    head: report.head,
    first_seq: report.firstSeq,
    last_seq: report.lastSeq,
    first_time: report.firstTime ?? null,
    last_time: report.lastTime ?? null,
    period: report.period ?? null,
    notes: report.notes,
  }
}
