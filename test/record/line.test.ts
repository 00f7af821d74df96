import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { advance, genesis, type ChainHead } from '../../src/record/chain.ts'
import { CallEntry } from '../../src/record/call-entry.ts'
import { createLines } from '../../src/record/line.ts'
import { sampleEntry } from '../support/audit-files.ts'

const encodeBatch = createLines({
  replica: 'r-0',
  version: '1.2.3',
  writeId: (out) => out.ascii('the-id'),
})

const lineAfter = (head: ChainHead, body: EntryBody) => Buffer.from(encodeBatch(head, [body]).bytes)

function lineOf(fields: Readonly<Record<string, unknown>>): string {
  const body: EntryBody = { ...sampleEntry(1), ...fields }
  return lineAfter(genesis, body).toString()
}

void t.test('an entry stands between its place in the chain and who wrote it', async (t) => {
  const digest = 'ab'.repeat(32)
  t.equal(
    lineAfter({ seq: 7, digest }, sampleEntry(1)).toString(),
    `{"id":"the-id","seq":8,"prev":"${digest}","time":"2026-11-23T09:14:02.113Z",` +
      '"kind":"decision","decision_id":"d-1","replica":"r-0","version":"1.2.3"}\n',
  )
})

const hostile = {
  newlines: 'a\nb\r\nc\v\f',
  'terminal escapes': '\u001b[2J\u001b]0;title\u0007\u009b31m',
  'C1 controls and DEL': '\u007f\u0080\u0085\u009f',
  'DEL alone': 'only\u007f',
  'line and paragraph separators': '\u2028\u2029',
  'bidirectional and invisible characters': '\u202emoc\u2066\u200b\u200f\ufeff\u061c\u2060',
  'a lone high surrogate': '\ud83d',
  'a lone low surrogate': 'x\ude00y',
  NUL: 'a\u0000b',
  'a quote and a backslash': '"},{\\',
}

for (const [name, value] of Object.entries(hostile)) {
  void t.test(`${name}: one harmless line, and the value comes back whole`, async (t) => {
    const line = lineOf({ workflow_id: value, [value]: 1 })
    t.match(line, /^[\x20-\x7e]+\n$/)
    const entry = JSON.parse(line) as Record<string, unknown>
    t.equal(entry['workflow_id'], value)
    t.equal(entry[value], 1)
  })
}

void t.test('letters, signs and pictures of any language stay readable', async (t) => {
  t.ok(lineOf({ workflow_id: 'Übertrag-収支-😀\u2028' }).includes('"Übertrag-収支-😀\\u2028"'))
})

void t.test('a line may have 64 KiB and not one byte more', async (t) => {
  const spare = 65_536 - (lineOf({ pad: '' }).length - 1)
  const full = lineOf({ pad: 'x'.repeat(spare) })
  t.equal(full.length, 65_537, 'the newline is not counted')
  t.ok(full.includes('"pad"'))
  const over = lineOf({ pad: 'x'.repeat(spare + 1) })
  t.match(JSON.parse(over), { decision_id: 'd-1', oversized_bytes: 65_537 })
  t.notOk(over.includes('"pad"'))
})

void t.test('the length is counted in bytes, after escaping', async (t) => {
  for (const value of ['é'.repeat(40_000), '\u0001'.repeat(20_000), '\u2028'.repeat(20_000)]) {
    t.match(JSON.parse(lineOf({ value })), { oversized_bytes: Number })
  }
})

void t.test('what is too large for a line leaves which entry it was', async (t) => {
  const decided = { outcome: 'refused', code: 'not_granted', workflow_id: 'w'.repeat(2 ** 21) }
  t.strictSame(Object.keys(JSON.parse(lineOf(decided)) as object), [
    'id',
    'seq',
    'prev',
    'time',
    'kind',
    'decision_id',
    'outcome',
    'code',
    'oversized_bytes',
    'replica',
    'version',
  ])
  const huge = lineOf({ ...decided, decision_id: 'd'.repeat(2 ** 21), code: 7 })
  t.match(JSON.parse(huge), { outcome: 'refused', decision_id: undefined, code: undefined })
})

void t.test('an entry that is no JSON is recorded as one that could not be written', async (t) => {
  const entry = JSON.parse(lineOf({ count: 1n })) as Record<string, unknown>
  t.match(entry, { decision_id: 'd-1', unwritable: /BigInt/ })
})

void t.test(
  'a batch is its lines one after the other, each chained to the one before',
  async (t) => {
    const bodies = [1, 2, 3].map((name) => sampleEntry(name))
    let head = { seq: 7, digest: 'ab'.repeat(32) }
    const expected = bodies.map((body) => {
      const line = lineAfter(head, body)
      head = advance(head, line.subarray(0, -1))
      return line
    })
    const batch = encodeBatch({ seq: 7, digest: 'ab'.repeat(32) }, bodies)
    t.equal(Buffer.from(batch.bytes).toString(), Buffer.concat(expected).toString())
    t.strictSame(batch.head, head)
    t.strictSame(encodeBatch(head, []), { bytes: Buffer.alloc(0), head })
  },
)

void t.test('an entry about a call stands there as it writes itself', async (t) => {
  const fields = { time: '', kind: 'decision', decision_id: 'd-1', outcome: 'refused' } as const
  const written = (text: string) =>
    new CallEntry({ ...fields, code: 'not_granted' }, (out) => out.text(text))
  t.match(lineAfter(genesis, written('"a":"収"')).toString(), /",("a":"収"),"replica":"r-0"/)
  const over = JSON.parse(lineAfter(genesis, written(`"a":"${'x'.repeat(65_536)}"`)).toString())
  t.match(over, { decision_id: 'd-1', outcome: 'refused', code: 'not_granted', a: undefined })
  t.match(over, { oversized_bytes: Number })
})

void t.test('one that fails half-way leaves which it was, and does not stop others', async (t) => {
  const fields = { time: '', kind: 'decision', decision_id: 'd-1', outcome: 'allowed' } as const
  const broken = new CallEntry({ ...fields, code: undefined }, (out) => {
    out.text('"half":')
    throw new TypeError('no text')
  })
  const { bytes } = encodeBatch(genesis, [sampleEntry(0), broken, sampleEntry(2)])
  const entries = Buffer.from(bytes).toString().trimEnd().split('\n')
  t.match(
    entries.map((line) => JSON.parse(line)),
    [
      { seq: 1, decision_id: 'd-0' },
      { seq: 2, decision_id: 'd-1', outcome: 'allowed', unwritable: 'TypeError: no text' },
      { seq: 3, decision_id: 'd-2' },
    ],
  )
})

void t.test('a batch of any size has room, and the next is right again', async (t) => {
  const long = { ...sampleEntry(1), pad: '収'.repeat(20_000) }
  const large = encodeBatch(
    genesis,
    Array.from({ length: 100 }, () => long),
  )
  t.ok(large.bytes.length > 6_000_000)
  t.equal(large.head.seq, 100)
  const lines = Buffer.from(large.bytes).toString().trimEnd().split('\n')
  t.ok(lines.every((line) => JSON.parse(line).pad === long.pad))
  t.match(JSON.parse(lineAfter(large.head, sampleEntry(2)).toString()), {
    seq: 101,
    prev: large.head.digest,
  })
})
