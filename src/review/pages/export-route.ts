import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { csvHeader, csvRow } from '../../audit/format/csv.ts'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import type { Schedule } from '../../identify/schedule.ts'
import { exportLinesMax, problemsPage } from './calls-page.ts'
import { busyPage } from './message-page.ts'
import { readSearch, searchFacts } from './search-fields.ts'
import type { Answer, ReviewParts, Visit } from './visit.ts'

/** Lines that are written in one go: calls must not wait for an export. */
const sliceLength = 200

/** How long a reader may take nothing before it is given up: its lines are in memory, and others wait. */
const patienceMs = 120_000

const formats = {
  jsonl: { type: 'application/jsonl; charset=utf-8', header: '', lineOf: (line: string) => line },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    header: `${csvHeader}\r\n`,
    lineOf: (line: string) => `${csvRow(JSON.parse(line) as RecordedEntry)}\r`,
  },
}

/**
 * Answers with the entries behind a search as a file. One at a time, for the memory that it takes: the
 * next may come when the last was read to its end, broke off, or was given up by its reader.
 */
export function createExportRoute({ index, now, schedule }: ReviewParts) {
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
    return { stream: streamOf(slices(lines, format), schedule), headers }
  }

  return async function exported(visit: Visit): Promise<Answer> {
    if (isBusy) return { status: 503, page: busyPage() }
    isBusy = true
    const free = () => {
      isBusy = false
    }
    try {
      const answer = await fetched(visit, visit.form['format'] === 'csv' ? 'csv' : 'jsonl')
      if ('stream' in answer) answer.stream.once('close', free)
      else free()
      return answer
    } catch (error) {
      free()
      throw error
    }
  }
}

/** A stream that ends by itself when nobody takes anything of it any more. */
function streamOf(texts: AsyncIterable<string>, schedule: Schedule): Readable {
  const giveUp = () => void stream.destroy()
  let callOff = schedule(giveUp, patienceMs)
  async function* watched() {
    for await (const text of texts) {
      callOff()
      callOff = schedule(giveUp, patienceMs)
      yield text
    }
  }
  const stream = Readable.from(watched(), { objectMode: false })
  return stream.once('close', () => callOff())
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
