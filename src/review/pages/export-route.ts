import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { csvHeader, csvRow } from '../../audit/format/csv.ts'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { exportLinesMax, problemsPage } from './calls-page.ts'
import { busyPage } from './message-page.ts'
import { readSearch, searchFacts } from './search-fields.ts'
import type { Answer, ReviewParts, Visit } from './visit.ts'

/** Lines that are written in one go: calls must not wait for an export. */
const sliceLength = 200

const formats = {
  jsonl: { type: 'application/jsonl; charset=utf-8', header: '', lineOf: (line: string) => line },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    header: `${csvHeader}\r\n`,
    lineOf: (line: string) => `${csvRow(JSON.parse(line) as RecordedEntry)}\r`,
  },
}

/** Answers with the entries behind a search as a file. One at a time, for the memory that it takes. */
export function createExportRoute({ index, now }: ReviewParts) {
  let isBusy = false

  async function fetched(visit: Visit, format: keyof typeof formats): Promise<Answer> {
    const read = readSearch(visit.form)
    if (read.problems.length > 0) {
      const main = problemsPage(read.fields, read.problems, now())
      return { status: 400, page: { title: 'Calls', section: 'calls', main } }
    }
    const lines = await index.lines(read.search, exportLinesMax)
    await visit.record('export', { ...searchFacts(read), format, lines: lines.length })
    const { type } = formats[format]
    const headers = {
      'content-type': type,
      'content-disposition': `attachment; filename="${fileName(lines.length, format, now())}"`,
    }
    return { stream: Readable.from(slices(lines, format), { objectMode: false }), headers }
  }

  return async function exported(visit: Visit): Promise<Answer> {
    if (isBusy) return { status: 503, page: busyPage() }
    isBusy = true
    try {
      return await fetched(visit, visit.form['format'] === 'csv' ? 'csv' : 'jsonl')
    } finally {
      isBusy = false
    }
  }
}

async function* slices(lines: readonly string[], format: keyof typeof formats) {
  const { header, lineOf } = formats[format]
  if (header !== '') yield header
  for (let at = 0; at < lines.length; at += sliceLength) {
    const slice = lines.slice(at, at + sliceLength)
    yield slice.map((line) => `${lineOf(line)}\n`).join('')
    await setImmediate()
  }
}

/** A file that is not all of it says so by its name, which stays with it. */
function fileName(count: number, format: string, at: number): string {
  const day = new Date(at).toISOString().slice(0, 19).replaceAll(/[:T-]/g, '')
  const part = count >= exportLinesMax ? `-newest-${exportLinesMax}-lines` : ''
  return `sallyport-audit-${day}${part}.${format}`
}
