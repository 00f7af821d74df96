import t from 'tap'
import { createExportRoute } from '../../../src/review/pages/export-route.ts'
import type { Answer } from '../../../src/review/pages/visit.ts'
import { reviewEntries } from '../../support/review-entries.ts'
import { memoryReviewIndex } from '../../support/review-index.ts'
import { pageIn, reviewParts, unrecorded, visitOf } from '../../support/review-page.ts'

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

t.test('there is one at a time, and the next may come when it is made', async (t) => {
  let give = (_lines: string[]) => {}
  const lines = () => new Promise<string[]>((resolve) => (give = resolve))
  const parts = reviewParts([], { index: memoryReviewIndex([], { lines }) })
  const exported = createExportRoute(parts)
  const first = exported(visitOf(parts))
  t.match(pageIn(await exported(visitOf(parts))), {
    status: 503,
    title: 'Another export is being made',
  })
  give(['{}'])
  t.equal((await fileIn(await first)).text, '{}\n')
  const third = exported(visitOf(parts))
  give([])
  t.equal((await fileIn(await third)).text, '')
})
