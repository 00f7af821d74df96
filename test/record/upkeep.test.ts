import t from 'tap'
import { startUpkeep } from '../../src/record/upkeep.ts'
import { until } from '../support/audit-files.ts'

void t.test('checkpoints come at their interval until it is stopped', async (t) => {
  let count = 0
  const write = async () => void (count += 1)
  const upkeep = startUpkeep({ checkpoints: { intervalMs: 1, write } })
  t.equal(count, 0, 'not at once')
  await until(() => count > 2)
  t.equal(await upkeep.stop(), undefined, 'nothing is kept of those that are over')
  const before = count
  await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(count, before)
})

void t.test(
  'expired entries are looked for at once; stopping waits for what is under way',
  async (t) => {
    const gate = Promise.withResolvers<void>()
    let count = 0
    let isStopped = false
    const upkeep = startUpkeep({
      expire: async () => {
        count += 1
        await gate.promise
      },
    })
    t.equal(count, 1)
    const stopped = upkeep.stop().then(() => (isStopped = true))
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(isStopped, false)
    gate.resolve()
    await stopped
  },
)

void t.test(
  'there is no checkpoint while entries are removed, and there is afterwards',
  async (t) => {
    const gate = Promise.withResolvers<void>()
    let count = 0
    const write = async () => void (count += 1)
    const upkeep = startUpkeep({
      checkpoints: { intervalMs: 1, write },
      expire: () => gate.promise,
    })
    await new Promise((resolve) => setTimeout(resolve, 5))
    t.equal(count, 0)
    gate.resolve()
    await until(() => count > 0)
    await upkeep.stop()
  },
)

void t.test('with nothing to do it does nothing', async () => {
  await startUpkeep({}).stop()
})
