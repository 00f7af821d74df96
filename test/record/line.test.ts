import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { genesis } from '../../src/record/chain.ts'
import { createLines } from '../../src/record/line.ts'
import { sampleEntry } from '../support/audit-files.ts'

const lineAfter = createLines({ replica: 'r-0', version: '1.2.3', newId: () => 'the-id' })

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
