import t from 'tap'
import { openDatabase } from '../../../src/review/search/database.ts'
import { createNames, idsMax, kindOf } from '../../../src/review/search/names.ts'

void t.test('a text has one number in its column, and keeps it', async (t) => {
  const database = openDatabase(t.testdir())
  const names = createNames(database)
  const id = names.idOf('namespace', 'payments')
  t.equal(names.idOf('namespace', 'payments'), id)
  t.not(names.idOf('rule', 'payments'), id)
  t.not(names.idOf('namespace', 'Payments'), id)
  names.forget()
  t.equal(names.idOf('namespace', 'payments'), id)
  t.equal(createNames(database).idOf('namespace', 'payments'), id)
  t.equal(names.textOf(id), 'payments')
  t.equal(names.textOf(999), '')
  database.close()
})

void t.test('a project is found by its path and by its id', async (t) => {
  const database = openDatabase(t.testdir())
  const names = createNames(database)
  const app = names.idOf('project', 'group/app', '48')
  const moved = names.idOf('project', 'group/moved', '48')
  const bare = names.idOf('project', '', '50')
  t.strictSame(names.find('project', 'group/app'), [app])
  t.strictSame(new Set<unknown>(names.find('project', '48')), new Set([app, moved]))
  t.strictSame(names.find('project', '50'), [bare])
  t.equal(names.textOf(bare), '50')
  t.strictSame(new Set<unknown>(names.find('project', 'group/*')), new Set([app, moved]))
  t.strictSame(new Set<unknown>(names.find('project', '4*')), new Set([app, moved]))
  t.strictSame(new Set<unknown>(names.find('project', '*')), new Set([app, moved, bare]))
  t.strictSame(names.find('person', '48'), [])
  const twice = names.idOf('person', 'x1', 'x2')
  t.strictSame(names.find('person', 'x*'), [twice], 'and once where both fit')
  database.close()
})

void t.test('texts whose parts could be taken for one another are not', async (t) => {
  const database = openDatabase(t.testdir())
  const names = createNames(database)
  const ids = [
    names.idOf('project', 'ab', 'c'),
    names.idOf('project', 'b', 'ca'),
    names.idOf('project', 'c', 'ab'),
    names.idOf('project', 'abc'),
    names.idOf('project', '1 ab', ''),
    names.idOf('project', 'ab', '1'),
  ]
  t.equal(new Set(ids).size, ids.length)
  database.close()
})

void t.test('hostile texts are texts', async (t) => {
  const database = openDatabase(t.testdir())
  const names = createNames(database)
  const texts = ["'; DROP TABLE names; --", '%', '_', '?', '[a', ']', '\\', '"', 'a\0b', '\uD800']
  const ids = texts.map((text) => names.idOf('workflow', text))
  t.equal(new Set(ids).size, texts.length)
  for (const [index, text] of texts.entries())
    t.strictSame(names.find('workflow', text), [ids[index]])
  t.strictSame(names.find('workflow', 'x'.repeat(5_000)), [])
  t.strictSame(names.find('workflow', '[*'), [names.idOf('workflow', '[a')])
  t.strictSame(names.find('workflow', '%*'), [names.idOf('workflow', '%')])
  t.strictSame(names.find('workflow', 'a\0*'), [names.idOf('workflow', 'a\0b')])
  database.close()
})

void t.test(
  'more texts than are listed are many; what is remembered does not grow without end',
  async (t) => {
    const database = openDatabase(t.testdir())
    const names = createNames(database)
    database.exec('BEGIN')
    for (let count = 0; count < idsMax; count += 1) names.idOf('workflow', `order-${count}`)
    t.equal(names.find('workflow', 'order-*').length, idsMax)
    const id = names.idOf('workflow', 'order-last')
    t.equal(names.find('workflow', 'order-*'), 'many')
    t.strictSame(names.find('workflow', '*r-last'), [id])
    for (let count = 0; count < 50_000; count += 1) names.idOf('job', String(count))
    t.equal(names.idOf('workflow', 'order-last'), id)
    database.exec('COMMIT')
    database.close()
  },
)

void t.test(
  'a pattern of many stars takes no longer than others',
  { timeout: 20_000 },
  async (t) => {
    const database = openDatabase(t.testdir())
    const names = createNames(database)
    for (let count = 0; count < 50; count += 1) {
      names.idOf('workflow', `${'a'.repeat(1_000)}${count}`)
    }
    t.strictSame(names.find('workflow', `${'a*'.repeat(500)}b`), [])
    t.equal(names.find('workflow', '*'.repeat(1_000)).length, 50)
    database.close()
  },
)

void t.test('each column has a kind of its own', async (t) => {
  t.not(kindOf('project'), kindOf('person'))
})
