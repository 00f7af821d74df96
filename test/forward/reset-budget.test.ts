import t from 'tap'
import { ResetBudget } from '../../src/forward/reset-budget.ts'

function taken(budget: ResetBudget, now: number): number {
  let count = 0
  while (budget.take(now)) count += 1
  return count
}

void t.test('many resets are permitted at once, and a few a second after that', async (t) => {
  const budget = new ResetBudget(1_000)
  t.equal(taken(budget, 1_000), 200)
  t.equal(taken(budget, 1_049), 0)
  t.equal(taken(budget, 1_050), 1)
  t.equal(taken(budget, 3_050), 40)
})

void t.test('what was not needed does not add up for ever', async (t) => {
  const budget = new ResetBudget(0)
  t.equal(taken(budget, 86_400_000), 200)
})
