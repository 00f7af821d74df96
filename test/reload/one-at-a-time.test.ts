import t from 'tap'
import { oneAtATime } from '../../src/reload/one-at-a-time.ts'

t.test('runs follow one another, and those that wait together are one', async (t) => {
  const started: PromiseWithResolvers<number>[] = []
  const run = oneAtATime(() => {
    const turn = Promise.withResolvers<number>()
    started.push(turn)
    return turn.promise
  })
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  const first = run()
  await turn()
  const [second, third] = [run(), run()]
  t.equal(second, third, 'the second has not begun, so it sees what the third would')
  await turn()
  t.equal(started.length, 1)
  started[0]?.resolve(1)
  t.equal(await first, 1)
  await turn()
  t.equal(started.length, 2)
  const fourth = run()
  started[1]?.resolve(2)
  t.equal(await second, 2)
  await turn()
  started[2]?.resolve(3)
  t.equal(await fourth, 3)
})

t.test('one that fails does not keep the next from its turn', async (t) => {
  let count = 0
  const run = oneAtATime(async () => {
    count += 1
    if (count === 1) throw new Error('once')
    return count
  })
  await t.rejects(run(), /once/)
  t.equal(await run(), 2)
})
