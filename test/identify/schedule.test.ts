import t from 'tap'
import { scheduleTimer } from '../../src/identify/schedule.ts'

void t.test('runs once after the time', async () => {
  // The timer does not keep the process alive, so something else has to.
  const alive = setInterval(() => undefined, 1_000)
  await new Promise<void>((resolve) => scheduleTimer(resolve, 1))
  clearInterval(alive)
})

void t.test('does not run after it was called off, however often', async (t) => {
  const alive = setInterval(() => undefined, 1_000)
  let ran = false
  const cancel = scheduleTimer(() => (ran = true), 1)
  cancel()
  cancel()
  await new Promise<void>((resolve) => scheduleTimer(resolve, 5))
  t.equal(ran, false)
  clearInterval(alive)
})
