import t from 'tap'
import { createShutdown } from '../../src/demo/shutdown.ts'

void t.test('what was started last stops first, and each thing stops once', async (t) => {
  const said: string[] = []
  const shutdown = createShutdown((line) => said.push(line))
  shutdown.add(async () => void said.push('first'))
  shutdown.add(async () => {
    throw new Error('stuck')
  })
  shutdown.add(async () => void said.push('last'))
  await shutdown.run()
  await shutdown.run()
  t.same(said, ['last', 'could not stop cleanly: Error: stuck', 'first'])
})
