import t from 'tap'
import { flushThisTurn } from '../../src/wire/flush-turn.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

t.test('what is written in a turn is flushed at its end, in its order', async (t) => {
  const seen: string[] = []
  for (const name of ['a', 'b']) flushThisTurn({ flush: () => seen.push(name) })
  await Promise.resolve()
  t.same(seen, [], 'not before')
  await turn()
  t.same(seen, ['a', 'b'])
  await turn()
  t.same(seen, ['a', 'b'], 'once')
})

t.test('what is written while flushing is flushed in the next turn', async (t) => {
  const seen: string[] = []
  const again = { flush: () => seen.push('again') }
  flushThisTurn({
    flush: () => {
      seen.push('first')
      flushThisTurn(again)
    },
  })
  await turn()
  t.same(seen, ['first'])
  await turn()
  t.same(seen, ['first', 'again'])
})
