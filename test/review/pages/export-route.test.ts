import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import t, { type Test } from 'tap'
import { createExportRoute } from '../../../src/review/pages/export-route.ts'
import type { Answer } from '../../../src/review/pages/visit.ts'
import { until } from '../../support/audit-files.ts'
import { createManualTime } from '../../support/manual-time.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import {
  pageIn,
  reviewParts,
  startReviewPage,
  unrecorded,
  visitOf,
} from '../../support/review-page.ts'

const at = Date.UTC(2026, 10, 23, 9, 14, 2)

async function fileIn(answer: Answer): Promise<{ text: string; headers: Record<string, string> }> {
  if (!('stream' in answer)) throw new Error('no file')
  const chunks: Buffer[] = []
  for await (const chunk of answer.stream) chunks.push(Buffer.from(chunk as string))
  return { text: Buffer.concat(chunks).toString(), headers: answer.headers }
}

t.test('the lines of what was found, as the journal has them', async (t) => {
  const parts = reviewParts(reviewEntries(300), { now: () => at })
  const lines = await parts.index.lines({ namespace: 'treasury' }, 1_000)
  const form = { namespace: 'treasury', format: 'jsonl' }
  const answer = await createExportRoute(parts)(visitOf(parts, { form }))
  t.match(parts.facts, [
    { action: 'export', about: { namespace: 'treasury', format: 'jsonl', lines: lines.length } },
  ])
  const { text, headers } = await fileIn(answer)
  t.equal(text, `${lines.join('\n')}\n`)
  t.same(headers, {
    'content-type': 'application/jsonl; charset=utf-8',
    'content-disposition': 'attachment; filename="sallyport-audit-20261123091402.jsonl"',
  })
})

t.test('as CSV, with a header, and nothing that a spreadsheet would run', async (t) => {
  const entries = reviewEntries(1).map((entry) => ({ ...entry, workflow_id: '=1+1' }))
  const parts = reviewParts(entries, { now: () => at })
  const answer = await createExportRoute(parts)(visitOf(parts, { form: { format: 'csv' } }))
  const { text, headers } = await fileIn(answer)
  const [header, row, ...rest] = text.split('\r\n')
  t.match(header, /^time,seq,id,kind,/)
  t.match(row, ",'=1+1,")
  t.equal(rest.length, 2, 'a completion, and nothing after the last line end')
  t.match(headers['content-disposition'], /\.csv"$/)
})

t.test('a file that is cut says so by its name', async (t) => {
  const lines = async (_search: unknown, limit: number) => Array.from({ length: limit }, () => '{}')
  const parts = reviewParts([], { index: memoryReviewIndex([], { lines }), now: () => at })
  const answer = await createExportRoute(parts)(visitOf(parts))
  const { text, headers } = await fileIn(answer)
  t.equal(text.length, 300_000)
  t.match(
    headers['content-disposition'],
    'sallyport-audit-20261123091402-newest-100000-lines.jsonl',
  )
})

t.test('an export that means nothing, or cannot be recorded, gives nothing', async (t) => {
  const parts = reviewParts(reviewEntries(3))
  const page = pageIn(await createExportRoute(parts)(visitOf(parts, { form: { from: 'soon' } })))
  t.match(page, { status: 400, text: /From \(UTC\): write a time/ })
  const full = reviewParts(reviewEntries(3), { record: async () => unrecorded })
  await t.rejects(createExportRoute(full)(visitOf(full)), { message: 'audit_unavailable' })
})

t.test('there is one at a time, and the next may come when it is read to its end', async (t) => {
  let give = (_lines: string[]) => {}
  const lines = () => new Promise<string[]>((resolve) => (give = resolve))
  const parts = reviewParts([], { index: memoryReviewIndex([], { lines }) })
  const exported = createExportRoute(parts)
  const busy = { status: 503, title: 'Another export is being made' }
  const first = exported(visitOf(parts))
  t.match(pageIn(await exported(visitOf(parts))), busy)
  give(['{}'])
  const file = await first
  t.match(pageIn(await exported(visitOf(parts))), busy, 'it is made, and nobody has read it')
  t.equal((await fileIn(file)).text, '{}\n')
  const third = exported(visitOf(parts))
  give([])
  t.equal((await fileIn(await third)).text, '')
})

t.test('an export that fails, or breaks off on the way, is in nobody’s way', async (t) => {
  const found = [() => Promise.reject(new Error('gone')), async () => ['{', '{}'], async () => []]
  const lines = () => (found.shift() ?? (async () => []))()
  const parts = reviewParts([], { index: memoryReviewIndex([], { lines }) })
  const exported = createExportRoute(parts)
  const form = { format: 'csv' }
  await t.rejects(exported(visitOf(parts)), { message: 'gone' })
  t.equal(pageIn(await exported(visitOf(parts, { form: { from: 'soon' } }))).status, 400)
  await t.rejects(fileIn(await exported(visitOf(parts, { form }))), SyntaxError)
  t.match((await fileIn(await exported(visitOf(parts, { form })))).text, /^time,/)
})

/** A served page whose exports are larger than what a connection takes unread. */
async function startLarge(t: Test, changes: Parameters<typeof reviewParts>[1] = {}) {
  const large = Array.from({ length: 40_000 }, () => `{"detail":"${'x'.repeat(1_000)}"}`)
  const index = memoryReviewIndex([], { lines: async () => large })
  const { url } = await startReviewPage(t, reviewParts([], { index, ...changes }))
  /** Sends the form; nothing is read of the answer before somebody reads it. */
  const send = async () => {
    const headers = {
      'sec-fetch-site': 'same-origin',
      'content-type': 'application/x-www-form-urlencoded',
    }
    const sent = request(`${url}/review/export`, { method: 'POST', headers, agent: false })
    sent.on('error', () => undefined)
    sent.end('form_token=the-form-token')
    const [answer] = (await once(sent, 'response')) as [IncomingMessage]
    answer.on('error', () => undefined)
    return answer
  }
  /** Sends it until it is answered with a file. */
  const sendUntilTaken = async () => {
    let answer = await send()
    while (answer.statusCode === 503) {
      answer.destroy()
      answer = await send()
    }
    return answer
  }
  return { send, sendUntilTaken }
}

t.test('a slow reader of an export keeps the next one waiting', async (t) => {
  const { send } = await startLarge(t)
  const slow = await send()
  t.equal(slow.statusCode, 200)
  for (let nth = 0; nth < 4; nth++) {
    const next = await send()
    t.equal(next.statusCode, 503)
    next.resume()
  }
  slow.resume()
  await once(slow, 'end')
  const after = await send()
  t.equal(after.statusCode, 200)
  after.destroy()
})

t.test('a reader who hangs up lets the next one in', async (t) => {
  const { sendUntilTaken } = await startLarge(t)
  for (let nth = 0; nth < 3; nth++) {
    const answer = await sendUntilTaken()
    t.equal(answer.statusCode, 200)
    answer.destroy()
  }
})

t.test('a reader who hangs up before the answer lets the next one in', async (t) => {
  const first = Promise.withResolvers<string[]>()
  const waiting = [first.promise]
  const lines = async () => waiting.shift() ?? ['{}']
  const { url } = await startReviewPage(
    t,
    reviewParts([], { index: memoryReviewIndex([], { lines }) }),
  )
  const leaving = new AbortController()
  const send = (signal?: AbortSignal) =>
    fetch(`${url}/review/export`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'same-origin' },
      body: new URLSearchParams({ form_token: 'the-form-token' }),
      ...(signal && { signal }),
    })
  const left = send(leaving.signal)
  await until(() => waiting.length === 0)
  leaving.abort()
  await t.rejects(left, { name: 'AbortError' })
  t.equal((await send()).status, 503)
  first.resolve(['{}'])
  await until(async () => (await (await send()).text()) === '{}\n')
})

t.test('a reader who takes nothing for two minutes is given up', async (t) => {
  const time = createManualTime()
  const { send, sendUntilTaken } = await startLarge(t, { schedule: time.schedule })
  const stuck = await send()
  // What the connection itself takes is taken at first.
  await until(() => time.waiting().length === 1)
  time.advance(119_000)
  t.equal((await send()).statusCode, 503)
  time.advance(121_000)
  const next = await sendUntilTaken()
  t.equal(next.statusCode, 200)
  next.destroy()
  stuck.resume()
  await t.rejects(once(stuck, 'end'), { code: 'ECONNRESET' })
})

t.test('nothing is left scheduled once an export was read', async (t) => {
  const time = createManualTime()
  const parts = reviewParts(reviewEntries(3), { schedule: time.schedule })
  await fileIn(await createExportRoute(parts)(visitOf(parts)))
  await until(() => time.waiting().length === 0)
  t.pass('the timer was called off')
})
