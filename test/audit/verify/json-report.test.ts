import t from 'tap'
import { jsonReport } from '../../../src/audit/verify/json-report.ts'
import { createVerification } from '../../../src/audit/verify/verification.ts'
import { newSigner, sampleChain, segmentName } from '../../support/tampering.ts'

const signer = newSigner()

function report(lines: readonly string[]) {
  const verification = createVerification({ keys: [signer.verifier] })
  verification.beginSegment(segmentName(1))
  for (const line of lines) verification.line(Buffer.from(line), line.length + 1)
  verification.endSegment({ bytes: 0, mayGrow: true })
  return verification.finish()
}

void t.test('a report says the same in the words of JSON', async (t) => {
  const { lines } = sampleChain(signer)
  const given = report(lines)
  t.strictSame(JSON.parse(JSON.stringify(jsonReport(given))), {
    ok: true,
    entries: 20,
    segments: 1,
    bytes: given.bytes,
    checkpoints: 4,
    signed_through: 19,
    unsigned_entries: 0,
    published_checkpoints: 0,
    calls: { allowed: 6, refused: 1, open: 0 },
    problems: [],
    problem_count: 0,
    keys: [{ vkey: signer.verifier.vkey, trust: 'given' }],
    trusted: 'given',
    head: given.head,
    first_seq: 1,
    last_seq: 20,
    first_time: '2026-11-23T09:00:00.000Z',
    last_time: '2026-11-23T09:00:19.000Z',
    period: null,
    notes: given.notes,
  })
})

void t.test('what is absent is null', async (t) => {
  t.match(JSON.parse(JSON.stringify(jsonReport(report([])))), {
    ok: false,
    problems: [{ segment: segmentName(1), line: null, seq: null, code: 'no_entries' }],
    first_time: null,
    last_time: null,
  })
  const { lines } = sampleChain(signer)
  const [problem] = jsonReport(report(lines.slice(1))).problems
  t.match(problem, { line: 1, seq: 2, code: 'missing_entries' })
})
