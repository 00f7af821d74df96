import t from 'tap'
import type { ProblemCode } from '../../../src/audit/verify/problems.ts'
import {
  createVerification,
  type VerificationOptions,
} from '../../../src/audit/verify/verification.ts'
import { chainOf, newSigner, sampleChain, segmentName } from '../../support/tampering.ts'

const signer = newSigner()

type Segments = readonly (readonly [name: number, lines: readonly string[]])[]

function verify(segments: Segments, options: VerificationOptions = {}, rest = 0) {
  const verification = createVerification(options)
  for (const [name, lines] of segments) {
    verification.beginSegment(segmentName(name))
    for (const line of lines) verification.line(Buffer.from(line), Buffer.byteLength(line) + 1)
    verification.endSegment({ bytes: rest, mayGrow: true })
  }
  const { seq, digest } = verification.last()
  const report = verification.finish()
  return { ...report, end: [seq, digest], codes: report.problems.map(({ code }) => code) }
}

const { lines } = sampleChain(signer)
const halves = (at: number): Segments => [
  [1, lines.slice(0, at)],
  [at + 1, lines.slice(at)],
]

void t.test('a journal that is as it should be', async (t) => {
  const report = verify(halves(7), { keys: [signer.verifier] })
  t.match(report, { ok: true, entries: 20, segments: 2, checkpoints: 4, trusted: 'given' })
  t.strictSame(report.end, [20, report.head])
  t.equal(
    report.bytes,
    lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0),
  )
  t.match(verify(halves(7)), { ok: true, trusted: 'first_use', keys: [{ trust: 'first_use' }] })
})

void t.test('whoever asks is told of every line that counts, and where it is', async (t) => {
  const seen: string[] = []
  const handovers: number[] = []
  verify([[1, [...lines.slice(0, 3), 'rubbish', ...lines.slice(3, 7)]]], {
    onLine: ({ seq }, { segment, begin, end, isSigned, digest }) => {
      t.equal(segment, segmentName(1))
      t.match(digest, /^[0-9a-f]{64}$/)
      seen.push(`${seq} ${begin} ${end}${isSigned ? ' signed' : ''}`)
    },
    onHandover: (_, seq) => void handovers.push(seq),
  })
  let at = 0
  const expected = [...lines.slice(0, 3), 'rubbish', ...lines.slice(3, 7)].flatMap(
    (line, index) => {
      const begin = at
      at += Buffer.byteLength(line) + 1
      if (line === 'rubbish') return []
      const seq = index < 3 ? index + 1 : index
      return [`${seq} ${begin} ${at}${seq === 7 ? ' signed' : ''}`]
    },
  )
  t.strictSame(seen, expected)
  t.strictSame(handovers, [2])
})

const faults: Record<string, readonly [Segments, codes: readonly ProblemCode[]]> = {
  'no entries': [[], ['no_entries']],
  'an empty segment': [[[1, []]], ['no_entries']],
  'a beginning that is missing': [[[8, lines.slice(7)]], ['missing_beginning', 'unknown_key']],
  'a segment that is missing': [
    [
      [1, lines.slice(0, 7)],
      [12, lines.slice(11)],
    ],
    ['missing_segment'],
  ],
  'an entry that is missing': [[[1, lines.toSpliced(7, 1)]], ['missing_entries']],
  'a segment that is no part': [
    [
      [1, lines.slice(0, 7)],
      [5, lines.slice(4, 7)],
      [8, lines.slice(7)],
    ],
    ['segment_overlap'],
  ],
  'a segment by another name': [
    [
      [1, lines.slice(0, 7)],
      [9, lines.slice(7)],
    ],
    ['segment_name'],
  ],
}

for (const [name, [segments, codes]] of Object.entries(faults)) {
  void t.test(`is found, and nothing else: ${name}`, async (t) => {
    t.strictSame(verify(segments).codes, codes)
  })
}

void t.test('a part need not be the beginning, and its first checkpoint holds', async (t) => {
  const part: Segments = [[7, lines.slice(6)]]
  const keys = [signer.verifier]
  t.match(verify(part, { keys, partFrom: 7 }), { ok: true, firstSeq: 7, checkpoints: 4 })
  t.strictSame(verify(part, { keys, partFrom: 6 }).codes, ['missing_entries'])
  t.strictSame(verify(part, { partFrom: 7 }).codes, ['unknown_key'])
  t.match(verify(part, { partFrom: 7, fallbackKeys: keys }), { ok: true, trusted: 'first_use' })
  t.strictSame(verify([[7, ['rubbish', ...lines.slice(7)]]], { keys, partFrom: 7 }).codes, [
    'not_an_entry',
  ])
})

void t.test('keys that were given must have signed something', async (t) => {
  const other = newSigner()
  t.strictSame(verify(halves(7), { keys: [other.verifier] }).codes, [
    'unknown_key',
    'no_checkpoint',
  ])
})

void t.test('published checkpoints are compared', async (t) => {
  const { notes } = sampleChain(signer)
  const published = [{ name: 'w', text: notes.join('') }]
  t.strictSame(verify([[1, lines.slice(0, 19)]], { published }).codes, ['unknown_key'].slice(1))
  t.strictSame(verify([[1, lines.slice(0, 18)]], { published }).codes, ['cut_off'])
  t.match(verify(halves(7), { published }), { ok: true, published: 4 })
})

void t.test('what the journal removed itself is not missing', async (t) => {
  const chain = chainOf(signer)
  chain.signingKey()
  chain.call('d-1')
  const { seq, digest } = chain.head()
  chain.entry('start')
  chain.entry('retention', { removed_through_seq: seq, removed_head: digest, segments: 1 })
  chain.checkpoint()
  const kept: Segments = [[4, chain.lines.slice(3)]]
  t.match(verify(kept, { keys: [signer.verifier] }), { ok: true, firstSeq: 4, problems: [] })
  const unsigned: Segments = [[4, chain.lines.slice(3, -1)]]
  t.strictSame(verify(unsigned).codes, ['missing_beginning'])
})

void t.test('a checkpoint shows that the line before it is whole', async (t) => {
  const entry = JSON.parse(lines[6] ?? '') as object
  const edited = lines.with(6, JSON.stringify({ ...entry, prev: 'x' })).slice(0, 7)
  t.match(verify([[1, edited]]).problems, [{ line: 7, code: 'changed' }])
})

void t.test('bytes behind the last newline are said to be there', async (t) => {
  t.match(verify([[1, lines]], {}, 5).notes.join(), '5 bytes at the end are being written')
})
