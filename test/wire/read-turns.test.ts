import t from 'tap'
import { Allowance, ReadGroup, waitInGroup } from '../../src/wire/read-turns.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A reader with so much work left, which says when it did some of it. */
function createReader(name: string, work: number, group: ReadGroup, seen: string[]) {
  let left = work
  const reader = {
    get left() {
      return left
    },
    readOn: (workMax: number) => {
      const done = Math.min(workMax, left)
      left -= done
      seen.push(name)
      if (left > 0) waitInGroup(group, reader)
      return done
    },
  }
  waitInGroup(group, reader)
  return reader
}

t.test('who is alone does hundreds in a turn, in small steps', async (t) => {
  const seen: string[] = []
  const reader = createReader('a', 2_000, new ReadGroup(), seen)
  t.equal(reader.left, 2_000, 'nothing before its turn')
  await turn()
  const done = 2_000 - reader.left
  t.ok(done >= 256 && done < 300, `${done}`)
  t.ok(seen.length >= 8)
  while (reader.left > 0) await turn()
})

t.test('of many in a group each does a little, and all have their turn', async (t) => {
  const group = new ReadGroup()
  const seen: string[] = []
  const readers = Array.from({ length: 100 }, (_, index) =>
    createReader(`${index}`, 100, group, seen),
  )
  await turn()
  t.equal(new Set(seen).size, 100)
  const done = readers.reduce((sum, { left }) => sum + 100 - left, 0)
  t.ok(done < 300, `${done} in a turn`)
  while (readers.some(({ left }) => left > 0)) await turn()
})

t.test('a thousand of one group do not hold up the one of another', async (t) => {
  const [crowd, other] = [new ReadGroup(), new ReadGroup()]
  const readers = Array.from({ length: 1_000 }, () => createReader('crowd', 100, crowd, []))
  const one = createReader('one', 120, other, [])
  await turn()
  t.equal(one.left, 0)
  t.ok(readers.filter(({ left }) => left < 100).length < 200)
  while (readers.some(({ left }) => left > 0)) await turn()
})

t.test('of very many groups each has its part, if not in the same turn', async (t) => {
  const seen: string[] = []
  const readers = Array.from({ length: 1_000 }, (_, index) =>
    createReader(`${index}`, 20, new ReadGroup(), seen),
  )
  await turn()
  const done = readers.reduce((sum, { left }) => sum + 20 - left, 0)
  t.ok(done >= 256 && done < 300, `${done} in a turn`)
  let turns = 1
  while (new Set(seen).size < 1_000) {
    await turn()
    turns += 1
  }
  t.equal(turns, Math.ceil(1_000 / 32), 'nobody twice before all have had theirs')
  while (readers.some(({ left }) => left > 0)) await turn()
})

t.test('a reader that costs nothing still lets the turn end', async (t) => {
  const group = new ReadGroup()
  const seen: string[] = []
  const idle = {
    readOn: () => {
      seen.push('idle')
      if (seen.length < 600) waitInGroup(group, idle)
      return 0
    },
  }
  waitInGroup(group, idle)
  await turn()
  t.equal(seen.length, 256)
  for (let turns = 0; turns < 2; turns += 1) await turn()
  t.equal(seen.length, 600)
})

t.test('what is done without waiting is bounded for each, and for all', async (t) => {
  await turn()
  const one = new Allowance()
  t.equal(one.left, 32)
  one.spend(20)
  one.spend(5)
  one.spend(0)
  t.equal(one.left, 7, 'however many times it comes')
  for (let count = 0; count < 14; count += 1) new Allowance().spend(16)
  t.ok(new Allowance().left <= 8, 'a newcomer has what others left')
  await turn()
  t.equal(one.left, 32, 'and in the next turn it begins anew')
})
