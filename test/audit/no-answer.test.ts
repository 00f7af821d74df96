import t from 'tap'
import { NoAnswer } from '../../src/audit/no-answer.ts'

void t.test('it is an error that can be told from others', async (t) => {
  const error = new NoAnswer('no such thing')
  t.ok(error instanceof Error)
  t.match(error, { name: 'NoAnswer', message: 'no such thing' })
})
