import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { Deadlines } from '../../src/forward/deadlines.ts'

/** Deadlines on a clock that a test moves. */
function kept(t: Test) {
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  let now = 1_000_000
  const ended: string[] = []
  const deadlines = new Deadlines(() => now)
  const item = (name: string, also: () => void = () => undefined) => ({
    onDeadline: () => {
      ended.push(name)
      also()
    },
  })
  /** Moves the clock, and lets the timer come once in its time. */
  const pass = (ms: number) => {
    now += ms
    mock.timers.tick(50)
  }
  return { deadlines, ended, item, pass, start: now }
}

void t.test('what must end by a time is told within a tenth of a second after it', async (t) => {
  const { deadlines, ended, item, pass, start } = kept(t)
  deadlines.add(item('soon'), start + 60)
  deadlines.add(item('later'), start + 1_000)
  deadlines.add(item('as soon'), start + 61)
  pass(50)
  t.same(ended, [])
  pass(110)
  t.same(ended, ['soon', 'as soon'])
  pass(840)
  t.same(ended, ['soon', 'as soon'], 'never too early')
  pass(100)
  t.same(ended, ['soon', 'as soon', 'later'])
})

void t.test('what has ended is not told', async (t) => {
  const { deadlines, ended, item, pass, start } = kept(t)
  const [one, other] = [item('one'), item('other')]
  const step = deadlines.add(one, start)
  t.equal(deadlines.add(other, start), step)
  deadlines.delete(one, step)
  deadlines.delete(one, step + 7)
  deadlines.delete(one, deadlines.add(one, start + 90))
  pass(100)
  t.same(ended, ['other'])
})

void t.test('a time that has passed is told next', async (t) => {
  const { deadlines, ended, item, pass, start } = kept(t)
  deadlines.add(item('late'), start - 70_000)
  pass(100)
  t.same(ended, ['late'])
})

void t.test('one that ends others in its turn harms nobody', async (t) => {
  const { deadlines, ended, item, pass, start } = kept(t)
  const other = item('other')
  const step = deadlines.add(other, start)
  const first = item('first', () => deadlines.delete(other, step))
  deadlines.add(first, start - 1)
  pass(100)
  t.ok(ended.includes('first'))
  deadlines.add(item('again'), start)
  pass(100)
  t.equal(ended.at(-1), 'again', 'the timer starts again')
})

void t.test('a clock that is set back delays, and loses nothing', async (t) => {
  const { deadlines, ended, item, pass, start } = kept(t)
  deadlines.add(item('one'), start + 500)
  pass(-10_000)
  deadlines.add(item('two'), start - 9_000)
  pass(11_000)
  t.same(ended.toSorted(), ['one', 'two'])
})

void t.test('closing forgets everything', async (t) => {
  const { deadlines, ended, item, pass, start } = kept(t)
  deadlines.add(item('one'), start)
  deadlines.close()
  pass(1_000)
  t.same(ended, [])
})
