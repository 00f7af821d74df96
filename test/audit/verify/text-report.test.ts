import { styleText } from 'node:util'
import t from 'tap'
import type { VerifyReport } from '../../../src/audit/verify/report.ts'
import { textReport, type Paint } from '../../../src/audit/verify/text-report.ts'
import { newSigner } from '../../support/tampering.ts'

const { verifier } = newSigner()
const plain: Paint = (_, text) => text
const colour: Paint = (style, text) => styleText(style, text, { validateStream: false })

const report: VerifyReport = {
  ok: true,
  entries: 20,
  segments: 2,
  bytes: 9000,
  checkpoints: 3,
  signedThrough: 19,
  signedTime: undefined,
  unsignedEntries: 0,
  published: 1,
  calls: { allowed: 6, refused: 1, open: 0 },
  problems: [],
  problemCount: 0,
  keys: [
    { verifier, trust: 'given' },
    { verifier, trust: 'vouched' },
  ],
  trusted: 'given',
  head: 'd',
  firstSeq: 1,
  lastSeq: 20,
  firstTime: '2026-11-23T09:00:00.000Z',
  lastTime: '2026-11-23T09:00:19.000Z',
  notes: ['something was not proven'],
}

void t.test('a report says what was read, and what was not proven', async (t) => {
  t.equal(
    textReport(report, plain),
    [
      '20 entries in 2 segments: 1 to 20',
      '  from 2026-11-23T09:00:00.000Z to 2026-11-23T09:00:19.000Z',
      '  6 calls allowed, 1 refused, 0 open',
      '  3 checkpoints signed, through entry 19; 1 from elsewhere fit',
      `  key ${verifier.vkey} (given)`,
      `  key ${verifier.vkey} (vouched for)`,
      'note: something was not proven',
      'verified: nothing is wrong',
    ].join('\n'),
  )
})

void t.test('of a bundle it says which period was asked for, and what is in it', async (t) => {
  const [from, to] = ['2026-11-23T09:00:02.000Z', '2026-11-23T09:00:09.000Z']
  t.match(
    textReport({ ...report, period: { from, to, allowed: 3, refused: 0 } }, plain),
    `  of the period from ${from} to ${to}: 3 calls allowed, 0 refused; in all:\n  6 calls allowed`,
  )
})

const problem = {
  segment: '1.jsonl',
  line: 3,
  seq: 7,
  code: 'changed',
  message: 'was changed',
} as const

void t.test('problems come first, each with its place', async (t) => {
  const bad = { ...report, ok: false, problems: [problem], problemCount: 1 }
  const text = textReport(bad, plain)
  t.match(text, /^✗ 1\.jsonl:3 \(entry 7\) was changed \[changed\]\n20 entries/)
  t.match(text, /verified: 1 problem$/)
  const file = { ...problem, line: undefined, seq: undefined }
  const more = { ...bad, problems: [file], problemCount: 102 }
  t.match(textReport(more, plain), /^✗ 1\.jsonl was changed \[changed\]\nand 101 more\n/)
  t.match(textReport(more, plain), /verified: 102 problems$/)
})

void t.test('nothing is made up where there is nothing', async (t) => {
  const empty = { ...report, entries: 1, segments: 1, checkpoints: 0, firstTime: undefined }
  const text = textReport({ ...empty, keys: [{ verifier, trust: 'first_use' }] }, plain)
  t.match(text, '1 entry in 1 segment: 1 to 20\n  6 calls')
  t.match(text, '  0 checkpoints signed; 1 from elsewhere fit')
  t.match(text, '(the first that was seen)')
})

void t.test('times are text that somebody may have forged', async (t) => {
  const forged = { ...report, firstTime: '\u001b[2J', lastTime: undefined }
  t.notMatch(textReport(forged, plain), '\u001b')
})

void t.test('colour is for the verdict and the places', async (t) => {
  t.match(textReport(report, colour), '\u001b[32mnothing is wrong')
  t.match(textReport({ ...report, ok: false, problems: [problem] }, colour), '\u001b[31m✗')
})
