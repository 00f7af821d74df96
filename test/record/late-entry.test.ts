import t from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { advance, genesis, verifyChain, type ChainHead } from '../../src/record/chain.ts'
import { finishing, lateEntry, type Place } from '../../src/record/late-entry.ts'
import { sampleEntry } from '../support/audit-files.ts'

const time = '2026-11-23T09:14:02.113Z'

/** Encodes into the same room each time, as the real one does. */
const room = Buffer.alloc(10_000)
let batches = 0
function encode(head: ChainHead, bodies: readonly EntryBody[]) {
  batches += 1
  let next = head
  let end = 0
  for (const body of bodies) {
    const line = JSON.stringify({ seq: next.seq + 1, prev: next.digest, ...body })
    end += room.write(`${line}\n`, end)
    next = advance(next, Buffer.from(line))
  }
  return { bytes: room.subarray(0, end), head: next }
}

const linesOf = (bytes: Uint8Array) => Buffer.from(bytes).toString().trimEnd().split('\n')

void t.test('an entry is finished when its place is known', async (t) => {
  const places: Place[] = []
  const fields = (place: Place) => {
    places.push(place)
    return { size: place.head.seq }
  }
  const late = lateEntry({ time, kind: 'checkpoint' }, fields)
  const batch = [sampleEntry(1), late, sampleEntry(2), { ...late, dropped_entries: 3 }]
  const { bytes, head } = finishing(encode)(genesis, batch)
  const lines = linesOf(bytes)
  t.match(await verifyChain(lines.map((line) => Buffer.from(line))), { head, fault: undefined })
  const entries = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  t.strictSame(entries[1], {
    seq: 2,
    prev: entries[1]?.['prev'],
    time,
    kind: 'checkpoint',
    size: 1,
  })
  t.match(entries[3], { seq: 4, size: 3, dropped_entries: 3 }, 'what was added stays')
  t.equal(entries[1]?.['prev'], places[0]?.head.digest)
  t.strictSame(
    places.map(({ before }) => before),
    [batch.slice(0, 1), batch.slice(0, 3)],
  )
})

void t.test('a batch without one is encoded as it is', async (t) => {
  batches = 0
  const { bytes } = finishing(encode)(genesis, [sampleEntry(1), sampleEntry(2)])
  t.equal(linesOf(bytes).length, 2)
  t.equal(batches, 1)
})

void t.test('an entry that somebody else finished is left alone', async (t) => {
  const whole: EntryBody = { time, kind: 'signing_key', key: 'abc' }
  const { bytes } = finishing(encode)(genesis, [whole])
  t.match(JSON.parse(linesOf(bytes)[0]!), { seq: 1, key: 'abc' })
})
