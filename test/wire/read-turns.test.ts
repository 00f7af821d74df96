import t from 'tap'
import { readNextTurn, workNow } from '../../src/wire/read-turns.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

t.test('a reader that is alone does much at a time, one of many little', async (t) => {
  const alone = workNow()
  t.ok(alone >= 16, `${alone}`)
  let read = 0
  let most = 0
  const readOn = () => {
    read += 1
    most += workNow()
  }
  for (let count = 0; count < 200; count += 1) readNextTurn({ readOn })
  t.ok(workNow() * 200 < alone * 20, `${workNow()} for each of 200`)
  t.ok(workNow() > 0)
  await turn()
  t.equal(read, 200, 'all have their turn in the next')
  t.ok(most < 200 * alone)
  t.equal(workNow(), alone)
})

t.test('a reader that has still more waits for the others to read', async (t) => {
  const seen: string[] = []
  readNextTurn({
    readOn: () => {
      seen.push('first')
      readNextTurn({ readOn: () => seen.push('first again') })
    },
  })
  readNextTurn({ readOn: () => seen.push('second') })
  await turn()
  await turn()
  t.same(seen, ['first', 'second', 'first again'])
})
