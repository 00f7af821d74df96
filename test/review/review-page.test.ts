import { once } from 'node:events'
import { fastify } from 'fastify'
import t, { type Test } from 'tap'
import { createReviewPage } from '../../src/review/review-page.ts'
import { reviewEntries } from '../support/review-entries.ts'
import { memoryReviewIndex } from '../support/review-index.ts'
import { reviewParts, startReviewPage, unrecorded } from '../support/review-page.ts'

async function start(t: Test, changes: Parameters<typeof reviewParts>[1] = {}) {
  const parts = reviewParts(reviewEntries(60), changes)
  const { url } = await startReviewPage(t, parts)
  const get = (path: string, options: RequestInit = {}) =>
    fetch(url + path, { redirect: 'manual', ...options })
  const send = (path: string, fields: Record<string, string>, headers = {}) =>
    get(path, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin', ...headers },
      body: new URLSearchParams({ form_token: 'the-form-token', ...fields }),
    })
  return { parts, url, get, send }
}

const pages = [
  ['/review', 'Calls'],
  ['/review/', 'Calls'],
  ['/review?user=dmeyer&order=newest_first', 'Calls'],
  ['/review/calls/d-000000000003', 'Call d-000000000003'],
  ['/review/live', 'Live'],
  ['/review/verify', 'Verify'],
  ['/review/sign-off', 'Sign off'],
] as const

for (const [path, title] of pages) {
  t.test(`${path} is a page, recorded before it is sent`, async (t) => {
    const { get, parts } = await start(t)
    const answer = await get(path)
    t.equal(answer.status, 200)
    t.match(await answer.text(), `<title>${title} · Sallyport audit review</title>`)
    t.equal(parts.facts.length, 1)
  })
}

t.test('every answer has the headers that protect it', async (t) => {
  const { get, send } = await start(t)
  for (const answer of [
    await get('/review'),
    await get('/review/none'),
    await get('/review/style.css'),
    await get('/review/script.js'),
    await get('/review/live/rows'),
    await get('/review', { method: 'DELETE' }),
    await send('/review/verify', {}),
    await send('/review/export', { format: 'csv' }),
  ]) {
    t.match(
      answer.headers.get('content-security-policy'),
      /^default-src 'none'; script-src 'self';/,
    )
    t.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    t.equal(answer.headers.get('cache-control'), 'no-store')
    await answer.body?.cancel()
  }
})

t.test('the style and the script are of their types', async (t) => {
  const { get } = await start(t)
  t.match((await get('/review/style.css')).headers.get('content-type'), 'text/css')
  t.match((await get('/review/script.js')).headers.get('content-type'), 'text/javascript')
})

t.test('forms are read, and lead on', async (t) => {
  const { send, parts } = await start(t)
  const verified = await send('/review/verify', {})
  t.equal(verified.status, 303)
  t.equal(verified.headers.get('location'), '/review/verify')
  const csv = await send('/review/export', { format: 'csv', namespace: 'treasury' })
  t.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8; header=present')
  t.match(await csv.text(), /^time,seq,/)
  t.match(parts.facts, [{ action: 'verify' }, { action: 'export' }])
})

t.test('a field that is there twice is taken for none', async (t) => {
  const { get, parts } = await start(t)
  const headers = {
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
  }
  const body = 'form_token=the-form-token&form_token=the-form-token'
  const answer = await get('/review/verify', { method: 'POST', headers, body })
  t.equal(answer.status, 403)
  t.same(parts.facts, [])
})

t.test('forms of others, and forms of other kinds, are refused', async (t) => {
  const { send, get, parts } = await start(t)
  t.equal((await send('/review/verify', {}, { 'sec-fetch-site': 'cross-site' })).status, 403)
  t.equal((await send('/review/verify', { form_token: 'guessed' })).status, 403)
  const headers = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' }
  const json = await get('/review/verify', { method: 'POST', headers, body: '{}' })
  t.equal(json.status, 415)
  const long = await send('/review/sign-off', { note: 'x'.repeat(64 * 1_024) })
  t.equal(long.status, 413)
  t.same(parts.facts, [])
})

t.test('methods that change things are not known', async (t) => {
  const { get, parts } = await start(t)
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    const answer = await get('/review', { method })
    t.equal(answer.status, 405, method)
    t.equal(answer.headers.get('allow'), 'GET, HEAD, POST')
  }
  t.equal((await get('/review/none')).status, 404)
  t.equal((await get('/review', { method: 'POST' })).status, 404)
  t.same(parts.facts, [])
})

t.test('a HEAD is answered and recorded like a GET', async (t) => {
  const { get, parts } = await start(t)
  const answer = await get('/review', { method: 'HEAD' })
  t.equal(answer.status, 200)
  t.equal(await answer.text(), '')
  t.equal(parts.facts.length, 1)
  t.equal((await get('/review/live/rows', { method: 'HEAD' })).status, 404, 'a stream has no head')
})

t.test('what cannot be recorded is not shown, on any page', async (t) => {
  const { get, send } = await start(t, { record: async () => unrecorded })
  for (const [path] of pages) {
    const answer = await get(path)
    t.equal(answer.status, 503, path)
    t.notMatch(await answer.text(), /ledger|acme/, path)
  }
  t.equal((await send('/review/export', {})).status, 503)
})

t.test('an index in trouble says so, and says nothing of itself', async (t) => {
  const search = () => Promise.reject(new Error('/var/secret/path'))
  const trouble = 'the disk is full'
  const state = async () => ({ indexedSeq: 0, isCaughtUp: false, trouble })
  const { get } = await start(t, { index: memoryReviewIndex([], { search, state }) })
  const answer = await get('/review')
  t.equal(answer.status, 503)
  const text = await answer.text()
  t.match(text, 'the disk is full')
  t.notMatch(text, 'secret')
  const dead = memoryReviewIndex([], { search, state: () => Promise.reject(new Error('dead')) })
  const other = await start(t, { index: dead })
  t.match(await (await other.get('/review')).text(), 'The index cannot be read at the moment')
})

t.test('the login has routes of its own, which need no reviewer', async (t) => {
  const { get } = await start(t, {
    access: {
      hasLogin: true,
      reviewerOf: () => undefined,
      routes: (app, _options, done) => {
        app.get('/review/login', async () => 'log in here')
        done()
      },
    },
  })
  t.equal(await (await get('/review/login')).text(), 'log in here')
  const answer = await get('/review/live')
  t.equal(answer.status, 302)
  t.equal(answer.headers.get('location'), '/review/login')
})

t.test('live rows are streamed until the listener stops', async (t) => {
  const entries = reviewEntries(3)
  const parts = reviewParts(entries)
  const app = fastify()
  await app.register(createReviewPage(parts))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const page = await (await fetch(`${url}/review/live`)).text()
  const session = /data-live="([\w-]+)"/.exec(page)?.[1]
  const answer = await fetch(`${url}/review/live/rows?session=${session}&after=0`)
  t.equal(answer.headers.get('content-type'), 'text/event-stream; charset=utf-8')
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  while (!text.includes('data: ')) text += (await reader.read()).value
  t.match(text, /^: connected\n\nid: \d+\ndata: \{"rows":\[/)
  const closed = once(app.server, 'close')
  await app.close()
  await closed
  t.equal((await reader.read()).done, true)
})
