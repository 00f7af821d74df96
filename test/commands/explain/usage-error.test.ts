import t from 'tap'
import { UsageError } from '../../../src/commands/explain/usage-error.ts'

void t.test('a usage error is told from others by its class', async (t) => {
  const error = new UsageError('x')
  t.ok(error instanceof Error)
  t.equal(String(error), 'UsageError: x')
})
