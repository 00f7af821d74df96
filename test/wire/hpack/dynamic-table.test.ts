import t from 'tap'
import { DynamicTable, entrySize } from '../../../src/wire/hpack/dynamic-table.ts'

/** Entries, newest first. */
function entries(table: DynamicTable): readonly string[] {
  return Array.from({ length: table.count }, (_, distance) => {
    const slot = table.slotAt(distance)
    return `${table.nameIn(slot)}=${table.valueIn(slot)}${table.markIn(slot) > 0 ? '!' : ''}`
  })
}

t.test('an entry costs its characters and 32 bytes', async (t) => {
  t.equal(entrySize('custom-key', 'custom-header'), 55)
  t.equal(entrySize('', ''), 32)
})

t.test('entries stand by age, newest first', async (t) => {
  const table = new DynamicTable(4096)
  t.equal(table.slotAt(0), -1)
  t.equal(table.add('a', '1'), true)
  t.equal(table.add('b', '2', 1), true)
  t.same(entries(table), ['b=2!', 'a=1'])
  t.equal(table.slotAt(2), -1)
  t.equal(table.size, 68)
  t.equal(table.added, 2)
  t.equal(table.sizeMax, 4096)
})

t.test('the oldest make room for the newest', async (t) => {
  const gone: string[] = []
  const table = new DynamicTable(34 * 3, (name, value) => {
    gone.push(`${name}=${value}`)
  })
  for (const name of 'abcde') table.add(name, '1')
  t.same(entries(table), ['e=1', 'd=1', 'c=1'])
  t.same(gone, ['a=1', 'b=1'])
  t.equal(table.size, 102)
  table.add('f', 'x'.repeat(40))
  t.equal(table.count, 1)
  t.equal(table.size, 73)
})

t.test('an entry that just fits stays, and one byte more empties the table', async (t) => {
  const table = new DynamicTable(100)
  t.equal(table.add('a', 'x'.repeat(67)), true)
  t.equal(table.size, 100)
  t.equal(table.add('a', 'x'.repeat(68)), false)
  t.equal(table.count, 0)
  t.equal(table.size, 0)
  t.equal(table.added, 1, 'it was never in')
})

t.test('a smaller size evicts, and a larger one brings nothing back', async (t) => {
  const table = new DynamicTable(4096)
  for (const name of 'abcd') table.add(name, '1')
  table.resize(70)
  t.same(entries(table), ['d=1', 'c=1'])
  table.resize(0)
  t.same(entries(table), [])
  table.resize(4096)
  t.same(entries(table), [])
  table.add('e', '1')
  t.same(entries(table), ['e=1'])
})

t.test('a table of no size takes nothing', async (t) => {
  const table = new DynamicTable(0)
  t.equal(table.add('', ''), false)
  t.equal(table.count, 0)
})

t.test('many entries are kept in order, however often the ring goes round', async (t) => {
  const table = new DynamicTable(32 * 100 + 100 * 4)
  let kept: string[] = []
  for (let at = 0; at < 2000; at++) {
    const name = String(at).padStart(4, '0')
    table.add(name, '')
    kept = [`${name}=`, ...kept].slice(0, 100)
    if (at % 97 === 0) t.same(entries(table), kept)
  }
  t.same(entries(table), kept)
})

t.test('an entry that went leaves nothing in memory', async (t) => {
  const table = new DynamicTable(4096)
  table.add('authorization', 'secret')
  const slot = table.slotAt(0)
  table.resize(0)
  t.equal(table.nameIn(slot), '')
  t.equal(table.valueIn(slot), '')
})
