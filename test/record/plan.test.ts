import t from 'tap'
import { createPlan } from '../../src/record/plan.ts'

const hourMs = 3_600_000

function countedPlan() {
  const runs: string[] = []
  const ran = Promise.withResolvers<void>()
  const plan = createPlan(() => {
    runs.push('run')
    ran.resolve()
  })
  return { runs, ran: ran.promise, plan }
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

void t.test('runs once at the end of the turn, however often it is asked to', async (t) => {
  const { runs, ran, plan } = countedPlan()
  plan.runSoon()
  plan.runSoon()
  t.equal(runs.length, 0, 'not at once')
  await ran
  await nextTurn()
  t.equal(runs.length, 1)
})

void t.test('what was planned sooner stays', async (t) => {
  const { runs, ran, plan } = countedPlan()
  plan.runWithin(1)
  plan.runWithin(hourMs)
  await ran
  t.equal(runs.length, 1)
})

void t.test('running soon takes the place of running later', async (t) => {
  const { runs, ran, plan } = countedPlan()
  plan.runWithin(1)
  plan.runSoon()
  plan.runWithin(1)
  await ran
  await new Promise((resolve) => setTimeout(resolve, 2))
  t.equal(runs.length, 1)
})

void t.test('a cancelled run does not come, and another can be planned', async (t) => {
  const { runs, ran, plan } = countedPlan()
  plan.runSoon()
  plan.cancel()
  await nextTurn()
  t.equal(runs.length, 0)
  plan.runWithin(1)
  plan.cancel()
  plan.runSoon()
  await ran
  t.equal(runs.length, 1)
})
