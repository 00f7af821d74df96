import t from 'tap'
import { BriefMap } from '../../src/record/brief-map.ts'

void t.test('entries come and go as in a Map, and keep their order', async (t) => {
  const map = new BriefMap<string, number>()
  map.set('first', 0)
  for (let count = 1; count <= 5_000; count += 1) {
    map.set(`call ${count}`, count)
    if (count > 3 && !map.delete(`call ${count - 3}`)) t.fail(`call ${count}`)
  }
  t.notOk(map.delete('call 1'))
  t.equal(map.size, 4)
  t.same([...map.values()], [0, 4_998, 4_999, 5_000])
  t.equal(map.get('call 5000'), 5_000)
  t.equal(map.get('call 1'), undefined)
  map.set('first', 7)
  t.same([...map.values()], [7, 4_998, 4_999, 5_000])
})

void t.test('a copy has a life of its own', async (t) => {
  const map = new BriefMap<string, number>()
  map.set('a', 1)
  const copy = map.copy()
  copy.set('b', 2)
  map.delete('a')
  t.same([...copy.values()], [1, 2])
  t.equal(map.size, 0)
})
