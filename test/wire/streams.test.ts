import t from 'tap'
import { Stream } from '../../src/wire/stream.ts'
import { Streams } from '../../src/wire/streams.ts'

const streamOf = (id: number) => new Stream(id, 0, 0)
const ordered = (ids: Iterable<number>) => [...ids].toSorted((one, other) => one - other)
const idsIn = (streams: Streams<unknown>) => streams.values().map(({ id }) => id)

void t.test('streams are found by their ids', async (t) => {
  const streams = new Streams()
  const [first, third] = [streamOf(1), streamOf(3)]
  streams.add(first)
  streams.add(third)
  t.equal(streams.get(1), first)
  t.equal(streams.get(3), third)
  t.equal(streams.get(5), undefined)
  t.ok(streams.has(3))
  t.notOk(streams.has(2 ** 31 - 1))
  t.equal(streams.size, 2)
  t.ok(streams.delete(1))
  t.notOk(streams.delete(1))
  t.equal(streams.get(1), undefined)
  t.equal(streams.size, 1)
  streams.clear()
  t.equal(streams.size, 0)
  t.same(streams.values(), [])
})

void t.test('streams that share a slot are all found', async (t) => {
  // With this factor all ids that are not enormous do.
  const streams = new Streams(1)
  const ids = [1, 33, 65, 97]
  for (const id of ids) streams.add(streamOf(id))
  for (const id of ids) t.equal(streams.get(id)?.id, id)
  // In the middle of the chain, at its end, and at its beginning.
  for (const [deleted, left] of [
    [65, [1, 33, 97]],
    [1, [33, 97]],
    [97, [33]],
  ] as const) {
    t.ok(streams.delete(deleted))
    t.same(idsIn(streams), left)
  }
  t.notOk(streams.delete(1))
})

void t.test('a stream that is out refers to no other', async (t) => {
  const streams = new Streams(1)
  const [one, other] = [streamOf(1), streamOf(33)]
  streams.add(one)
  streams.add(other)
  streams.delete(33)
  t.equal(other.nextInSlot, undefined)
  t.equal(streams.get(1), one)
})

void t.test('streams may come and go while all are looked at', async (t) => {
  const streams = new Streams()
  for (const id of [1, 3, 5]) streams.add(streamOf(id))
  const seen: number[] = []
  for (const { id } of streams.values()) {
    seen.push(id)
    for (const gone of [1, 3, 5]) streams.delete(gone)
    streams.add(streamOf(100 + id))
  }
  t.same(seen, [1, 3, 5])
  t.same(idsIn(streams), [101, 103, 105])
})

for (const factor of [1, undefined]) {
  void t.test(`any history gives what a Map gives, with ${factor ?? 'any'} factor`, async (t) => {
    const streams = new Streams(factor)
    const expected = new Map<number, Stream>()
    let state = 7
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    for (let step = 0; step < 20_000; step += 1) {
      const id = 1 + 2 * random(400)
      if (random(2) === 0) {
        if (streams.delete(id) !== expected.delete(id)) t.fail(`step ${step}`)
      } else if (!expected.has(id)) {
        const stream = streamOf(id)
        streams.add(stream)
        expected.set(id, stream)
      }
      if (streams.get(id) !== expected.get(id) || streams.size !== expected.size) {
        t.fail(`step ${step}`)
      }
    }
    t.ok(expected.size > 100)
    t.same(idsIn(streams), ordered(expected.keys()))
  })
}
