import t from 'tap'
import { statusOf } from '../../../src/review/pages/status.ts'

const cases = [
  [{ decision: 'refused', outcome: undefined }, 'bad', 'Refused'],
  [{ decision: 'refused', outcome: undefined, count: 4812 }, 'bad', 'Refused ×4,812'],
  [{ decision: 'allowed', outcome: undefined }, 'plain', 'Under way'],
  [{ decision: 'allowed', outcome: 'completed' }, 'good', 'Completed'],
  [{ decision: 'allowed', outcome: 'failed' }, 'warn', 'Failed'],
  [{ decision: 'allowed', outcome: 'cancelled' }, 'plain', 'Cancelled'],
  [{ decision: 'allowed', outcome: 'unknown' }, 'warn', 'Unknown'],
] as const

for (const [row, tone, words] of cases) {
  t.test(`${words} is told by words and a mark, and then by colour`, async (t) => {
    t.match(statusOf(row), { tone, words, mark: /^.$/u })
  })
}

t.test('no two outcomes have one mark', async (t) => {
  const marks = cases.map(([row]) => statusOf(row).mark)
  t.equal(new Set(marks).size, 6)
})
