import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { EntryBody } from '../../src/core/audit-entry.ts'
import { refusal } from '../../src/core/refusal.ts'
import { advance, genesis, type ChainHead } from '../../src/record/chain.ts'
import { segmentPath } from '../../src/record/directory.ts'
import { finishRemoval, removeExpired } from '../../src/record/retention.ts'
import { keptLog } from '../support/audit-files.ts'

const hourMs = 3_600_000
const now = Date.parse('2026-11-23T09:00:00.000Z')

/** Five segments of two entries each; the last entry of the first is five hours old, and so on. */
function fiveSegments(t: Test) {
  const directory = t.testdir()
  const heads: ChainHead[] = []
  let head = genesis
  for (const hours of [5, 4, 3, 2, 1]) {
    const path = segmentPath(directory, head.seq + 1)
    const lines = [hours + 0.5, hours].map((age) => {
      const time = new Date(now - age * hourMs).toISOString()
      const line = JSON.stringify({ seq: head.seq + 1, prev: head.digest, time })
      head = advance(head, Buffer.from(line))
      return `${line}\n`
    })
    writeFileSync(path, lines.join(''))
    heads.push(head)
  }
  const entries: EntryBody[] = []
  const there: number[] = []
  const { log, lines } = keptLog()
  const expire = (hours: number, others: Partial<Parameters<typeof removeExpired>[0]> = {}) =>
    removeExpired({
      directory,
      retentionMs: hours * hourMs,
      exportedSeq: () => Infinity,
      record: async (entry) => {
        entries.push(entry)
        there.push(readdirSync(directory).length)
        return { ok: true }
      },
      log,
      now: () => now,
      ...others,
    })
  const left = () => readdirSync(directory).map((name) => Number(name.slice(0, 12)))
  return { directory, heads, entries, there, expire, left, lines }
}

void t.test(
  'segments go whole, oldest first, once all that is in them is old enough',
  async (t) => {
    const { heads, entries, there, expire, left, lines } = fiveSegments(t)
    t.equal(await expire(5.1), 0)
    t.strictSame([left().length, entries.length], [5, 0])
    t.equal(await expire(3), 3)
    t.strictSame(left(), [7, 9])
    t.strictSame(entries, [
      {
        time: '2026-11-23T09:00:00.000Z',
        kind: 'retention',
        removed_through_seq: 6,
        removed_head: heads[2]!.digest,
        segments: 3,
      },
    ])
    t.strictSame(there, [5], 'the journal says so before it happens')
    t.match(lines(), [{ level: 'info', removed_through_seq: 6, segments: 3 }])
  },
)

void t.test('the segment in use stays, however old it is', async (t) => {
  const { expire, left } = fiveSegments(t)
  t.equal(await expire(0), 4)
  t.strictSame(left(), [9])
  t.equal(await expire(0), 0)
})

void t.test('what is not sent on yet stays', async (t) => {
  const { expire, left } = fiveSegments(t)
  t.equal(await expire(0, { exportedSeq: () => 3 }), 1)
  t.equal(await expire(0, { exportedSeq: () => 3 }), 0)
  t.strictSame(left(), [3, 5, 7, 9])
  t.equal(await expire(0, { exportedSeq: () => 4 }), 1)
})

void t.test('what cannot be announced is not removed', async (t) => {
  const { expire, left } = fiveSegments(t)
  const refused = { ok: false, refusal: refusal('audit_unavailable', 'full') } as const
  t.equal(await expire(0, { record: async () => refused }), 0)
  t.equal(left().length, 5)
})

void t.test('damage is left where it is, for verification to find', async (t) => {
  for (const damage of ['', 'bad\n', '{"seq":2,"prev":"x"}\n', 'no newline']) {
    const { directory, expire, left, lines } = fiveSegments(t)
    writeFileSync(segmentPath(directory, 1), damage)
    t.equal(await expire(0), 0)
    t.equal(left().length, 5)
    const why = /000000000001.jsonl does not end in an entry; run sallyport audit verify/
    t.match(lines(), [{ level: 'error', why }])
  }
})

void t.test('what was announced and is still there after a crash is removed', async (t) => {
  const { directory, left } = fiveSegments(t)
  rmSync(segmentPath(directory, 1))
  t.equal(await finishRemoval(directory, 0), 0)
  t.equal(await finishRemoval(directory, 5), 1)
  t.strictSame(left(), [5, 7, 9])
  t.equal(await finishRemoval(directory, 6), 1)
  t.equal(await finishRemoval(directory, 100), 1, 'never the last')
  t.strictSame(left(), [9])
})

void t.test('a failure is told of, and harms nobody', async (t) => {
  const { directory, expire, lines } = fiveSegments(t)
  rmSync(segmentPath(directory, 1))
  mkdirSync(segmentPath(directory, 1))
  t.equal(await expire(0), 0)
  t.match(lines(), [{ level: 'error', why: /EISDIR/, msg: /could not be removed/ }])
  t.ok(existsSync(segmentPath(directory, 3)))
})
