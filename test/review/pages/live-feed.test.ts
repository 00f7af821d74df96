import t from 'tap'
import { setImmediate } from 'node:timers/promises'
import {
  createLiveFeed,
  type Listener,
  type LiveNews,
} from '../../../src/review/pages/live-feed.ts'
import { createManualTime } from '../../support/manual-time.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'

function setUp(count = 3, changes: Parameters<typeof memoryReviewIndex>[1] = {}) {
  const all = reviewEntries(200)
  const entries = all.slice(0, count)
  const time = createManualTime()
  const feed = createLiveFeed({
    index: memoryReviewIndex(entries, changes),
    schedule: time.schedule,
  })
  const add = (more: number) => entries.push(...all.slice(entries.length, entries.length + more))
  /** One tick, and all that follows from it. */
  const tick = async () => {
    time.advance(1_000)
    await setImmediate()
  }
  return { feed, add, tick, time }
}

function listener(after: number, changes: Partial<Listener> = {}) {
  const told: LiveNews[] = []
  const heard = { told, stirs: 0, ends: 0 }
  return {
    heard,
    after,
    isStillAllowed: () => true,
    tell: (news: LiveNews) => void told.push(news),
    stir: () => void heard.stirs++,
    end: () => void heard.ends++,
    ...changes,
  }
}

t.test('who watches is told what is new, once', async (t) => {
  const { feed, add, tick } = setUp()
  const one = listener(3)
  feed.listen(one)
  await tick()
  t.same(one.heard.told, [], 'nothing is new')
  add(2)
  await tick()
  await tick()
  t.match(one.heard.told, [{ seq: 5, rows: [{ seq: 4 }], isCut: false }])
  t.equal(one.heard.told.length, 1)
})

t.test('who comes later is told what they missed', async (t) => {
  const { feed, tick } = setUp(7)
  const [early, late] = [listener(0), listener(5)]
  feed.listen(early)
  feed.listen(late)
  await tick()
  t.same(
    early.heard.told[0]?.rows.map(({ seq }) => seq),
    [6, 4, 2],
  )
  t.same(
    late.heard.told[0]?.rows.map(({ seq }) => seq),
    [6],
  )
})

t.test('when more came than can be shown, it says so', async (t) => {
  const { feed, tick } = setUp(300)
  const one = listener(0)
  feed.listen(one)
  await tick()
  t.match(one.heard.told, [{ isCut: true }])
  t.equal(one.heard.told[0]?.rows.length, 100)
})

t.test('the index is not asked while nobody watches', async (t) => {
  const { feed, time, tick } = setUp()
  t.same(time.waiting(), [])
  const stop = feed.listen(listener(0))
  t.same(time.waiting(), [1_000])
  feed.listen(listener(0))
  t.same(time.waiting(), [1_000], 'one timer for all')
  stop?.()
  await tick()
  t.same(time.waiting(), [1_000])
})

t.test('the last one who goes ends it', async (t) => {
  const { feed, time, tick } = setUp()
  feed.listen(listener(0))?.()
  await tick()
  t.same(time.waiting(), [])
  feed.listen(listener(0))
  t.same(time.waiting(), [1_000], 'and the next one begins it again')
})

t.test('who may no longer look is told nothing more', async (t) => {
  const { feed, add, tick } = setUp()
  let isAllowed = true
  const one = listener(3, { isStillAllowed: () => isAllowed })
  feed.listen(one)
  isAllowed = false
  add(2)
  await tick()
  t.match(one.heard, { told: [], ends: 1 })
})

t.test('an index in trouble is asked again', async (t) => {
  let isIll = true
  const state = async () => {
    if (isIll) throw new Error('ill')
    return { indexedSeq: 3, isCaughtUp: true, trouble: undefined }
  }
  const { feed, tick } = setUp(3, { state })
  const one = listener(0)
  feed.listen(one)
  await tick()
  isIll = false
  await tick()
  t.equal(one.heard.told.length, 1)
})

t.test('connections are stirred now and then', async (t) => {
  const { feed, tick } = setUp()
  const one = listener(3)
  feed.listen(one)
  for (let at = 0; at < 30; at++) await tick()
  t.equal(one.heard.stirs, 2)
})

t.test('there are so many at most', async (t) => {
  const { feed } = setUp()
  const stops = Array.from({ length: 20 }, () => feed.listen(listener(0)))
  t.equal(feed.listen(listener(0)), undefined)
  stops[0]?.()
  t.ok(feed.listen(listener(0)))
})

t.test('closing ends everybody, once, and the timer', async (t) => {
  const { feed, time } = setUp()
  const one = listener(0)
  feed.close()
  feed.listen(one)
  feed.close()
  t.equal(one.heard.ends, 1)
  t.same(time.waiting(), [])
})
