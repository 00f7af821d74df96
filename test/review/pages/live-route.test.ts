import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { createLiveRoutes } from '../../../src/review/pages/live-route.ts'
import type { Answer } from '../../../src/review/pages/visit.ts'
import { createManualTime } from '../../support/manual-time.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { loopbackReviewer, pageIn, reviewParts, visitOf } from '../../support/review-page.ts'

function setUp(count = 5) {
  const time = createManualTime()
  const entries = reviewEntries(count)
  const parts = reviewParts(entries, { now: time.now, schedule: time.schedule })
  const live = createLiveRoutes(parts)
  const tick = async () => {
    time.advance(1_000)
    await setImmediate()
  }
  const open = async () => {
    const { main } = pageIn(await live.view(visitOf(parts)))
    return /data-live="([\w-]+)"/.exec(main)?.[1] ?? ''
  }
  const rows = (query: object, changes = {}) => live.rows(visitOf(parts, { query, ...changes }))
  return { time, entries, parts, live, tick, open, rows }
}

function streamIn(answer: Answer) {
  if (!('stream' in answer)) throw new Error(`no stream: ${JSON.stringify(answer)}`)
  return answer.stream
}

const read = (answer: Answer) => String(streamIn(answer).read() ?? '')

t.test('the view has the latest calls, and is recorded once', async (t) => {
  const { live, parts, open, rows, tick } = setUp()
  const page = pageIn(await live.view(visitOf(parts)))
  t.match(page, { status: 200, title: 'Live', main: /data-after="11"/ })
  t.match(page.text, 'The latest calls, newest first')
  const session = await open()
  await rows({ session, after: '11' })
  await tick()
  t.match(parts.facts, [
    { action: 'view', about: { page: 'live' } },
    { action: 'view', about: { page: 'live' } },
  ])
  t.equal(parts.facts.length, 2)
})

t.test('rows come as events, with the place to go on from', async (t) => {
  const { open, rows, tick } = setUp()
  const answer = await rows({ session: await open(), after: '8' })
  t.match(answer, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
  t.equal(read(answer), ': connected\n\n')
  await tick()
  const [, id, data] = /^id: (\d+)\ndata: (.*)\n\n$/.exec(read(answer)) ?? []
  t.equal(id, '11', 'that the view was opened is an entry, too')
  t.match(JSON.parse(data ?? ''), { rows: [{ key: '9', status: 'Cancelled' }], isCut: false })
})

t.test('a browser that connects again goes on where it was', async (t) => {
  const { open, rows, tick } = setUp()
  const session = await open()
  const again = await rows({ session, after: '0' }, { lastEventId: '11' })
  const anew = await rows({ session, after: 'x' })
  await tick()
  t.equal(read(again), ': connected\n\n')
  t.match(read(anew), /"key":"2"/)
})

t.test('without a view that was recorded there are no rows, and no asking again', async (t) => {
  const { open, rows } = setUp()
  const session = await open()
  for (const query of [{}, { session: 'guessed' }, { session: ['a'] }]) {
    t.same(await rows(query), { nothing: 204 })
  }
  const other = { reviewer: { ...loopbackReviewer, name: 'somebody else' } }
  t.same(await rows({ session }, other), { nothing: 204 })
})

t.test('it ends when somebody may no longer look, or the view is too old', async (t) => {
  const { open, rows, tick, time } = setUp()
  const session = await open()
  let isAllowed = true
  const one = streamIn(await rows({ session }, { isStillAllowed: () => isAllowed }))
  const two = streamIn(await rows({ session }))
  isAllowed = false
  await tick()
  const ended = once(one.resume(), 'end')
  await ended
  t.notOk(two.readableEnded)
  const endedToo = once(two.resume(), 'end')
  time.skip(8 * 3_600_000)
  await tick()
  await endedToo
})

t.test('too many at once are turned away, and those who go make room', async (t) => {
  const { open, rows } = setUp()
  const session = await open()
  const answers = await Promise.all(Array.from({ length: 20 }, () => rows({ session })))
  t.same(await rows({ session }), { nothing: 503 })
  const [first] = answers.map(streamIn)
  first?.destroy()
  await once(first!, 'close')
  t.ok(streamIn(await rows({ session })))
})

t.test('a browser that does not read is given up', async () => {
  const { entries, open, rows, tick } = setUp()
  const stream = streamIn(await rows({ session: await open(), after: '0' }))
  const closed = once(stream, 'close')
  const many = reviewEntries(200)
  for (let turn = 0; !stream.destroyed && turn < 100; turn++) {
    const from = entries.length
    entries.push(
      ...many.map((entry, at) => ({
        ...entry,
        seq: from + at + 1,
        workflow_id: 'w'.repeat(1_024),
      })),
    )
    await tick()
  }
  await closed
})

t.test('quiet connections are stirred', async (t) => {
  const { open, rows, tick } = setUp()
  const answer = await rows({ session: await open() }, { lastEventId: '11' })
  for (let at = 0; at < 15; at++) await tick()
  t.equal(read(answer), ': connected\n\n: still here\n\n')
})

t.test('closing ends the streams', async () => {
  const { live, open, rows } = setUp()
  const stream = streamIn(await rows({ session: await open() }))
  const ended = once(stream.resume(), 'end')
  live.close()
  await ended
})
