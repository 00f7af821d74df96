import t from 'tap'
import { createProblems } from '../../../src/audit/verify/problems.ts'
import { reportOf, type Findings } from '../../../src/audit/verify/report.ts'

const findings: Findings = {
  problems: createProblems(),
  trustedKeys: [],
  trusted: 'given',
  entries: 9,
  segments: 1,
  bytes: 900,
  unfinishedBytes: 0,
  first: { seq: 1, time: '2026-11-23T09:00:00.000Z' },
  last: { seq: 9, time: '2026-11-23T09:00:09.000Z', digest: 'd' },
  calls: { allowed: 3, refused: 1, open: 0 },
  signed: { checkpoints: 2, through: 8, seq: 9, time: '2026-11-23T09:00:09.000Z', superseded: 0 },
  compared: { given: 2, matched: 2, before: 0, after: 0 },
  isPart: false,
}

void t.test('nothing wrong and everything proven', async (t) => {
  t.match(reportOf(findings), {
    ok: true,
    entries: 9,
    bytes: 900,
    checkpoints: 2,
    signedThrough: 8,
    unsignedEntries: 0,
    published: 2,
    head: 'd',
    firstSeq: 1,
    lastSeq: 9,
  })
  t.strictSame(reportOf(findings).notes, [])
})

void t.test('a problem is not fine', async (t) => {
  const problems = createProblems()
  problems.add({ segment: 's', line: 1, seq: 1, order: 1 }, 'changed', '')
  t.match(reportOf({ ...findings, problems }), { ok: false, problemCount: 1, problems: [{}] })
})

const unsigned = { checkpoints: 0, through: 0, seq: 0, time: undefined, superseded: 0 }
const notes: readonly (readonly [Partial<Findings>, RegExp])[] = [
  [{ signed: unsigned }, /no checkpoint was verified: nothing is signed/],
  [{ signed: { ...findings.signed, seq: 8 } }, /^1 entry after entry 8 not yet signed/],
  [{ signed: { ...findings.signed, seq: 5 } }, /^4 entries after entry 5 not yet signed/],
  [{ trusted: 'first_use' }, /keys are trusted as the journal itself names them/],
  [
    { compared: { given: 0, matched: 0, before: 0, after: 0 } },
    /not compared with a checkpoint that was kept elsewhere/,
  ],
  [
    { compared: { given: 2, matched: 1, before: 1, after: 0 } },
    /^1 published checkpoint cannot be compared/,
  ],
  [
    { compared: { given: 3, matched: 1, before: 2, after: 0 } },
    /^2 published checkpoints cannot be compared/,
  ],
  [{ signed: { ...findings.signed, superseded: 1 } }, /^1 checkpoint by keys that are not trusted/],
  [
    { compared: { given: 3, matched: 0, before: 0, after: 3 } },
    /^3 published checkpoints cannot be compared: about entries behind the end/,
  ],
  [
    { calls: { ...findings.calls, open: 2 } },
    /^2 calls open: .* not ended when the journal was read$/,
  ],
  [
    { calls: { ...findings.calls, open: 2 }, isPart: true },
    /^2 calls open: .* not ended within the bundle$/,
  ],
  [{ unfinishedBytes: 7 }, /^7 bytes at the end are being written/],
]

for (const [change, note] of notes) {
  void t.test(`what is not proven is said: ${note.source}`, async (t) => {
    const report = reportOf({ ...findings, ...change })
    t.match(report.notes, [note])
    t.equal(report.notes.length, 1)
  })
}

void t.test('without a checkpoint all entries are unsigned', async (t) => {
  const report = reportOf({ ...findings, signed: unsigned, trusted: 'first_use' })
  t.equal(report.unsignedEntries, 9)
  t.match(report.notes, [/nothing is signed/], 'and keys do not matter')
  t.equal(report.notes.length, 1)
})

void t.test('bytes that are being written count', async (t) => {
  t.equal(reportOf({ ...findings, unfinishedBytes: 7 }).bytes, 907)
})
