import type { Search, SearchPage } from '../review-index.ts'
import { isoOf } from './moments.ts'

/** What a search form holds, by the names in its address; all are texts as a person wrote them. */
export type SearchFields = Readonly<Partial<Record<FieldName, string | undefined>>>

export type FieldName = keyof typeof fieldLabels

/** Every field of a search, and what it is called on the page. */
export const fieldLabels = {
  from: 'From (UTC)',
  to: 'Before (UTC)',
  outcome: 'Outcome',
  project: 'Project',
  job: 'Job',
  user: 'User',
  namespace: 'Namespace',
  workflow_id: 'Workflow id',
  workflow_type: 'Workflow type',
  method: 'Method',
  rule: 'Rule',
  code: 'Code',
  order: 'Order',
  rows: 'Rows',
  after: 'Page',
} as const

const names = Object.keys(fieldLabels) as FieldName[]

/** What the outcome of a call can be searched for. */
export const outcomes = [
  'refused',
  'allowed',
  'completed',
  'failed',
  'cancelled',
  'unknown',
  'open',
] as const

/** How many rows a page may have; the first is what it has unless asked. */
export const rowCounts = ['50', '100', '200'] as const

/** As long as a recorded value is at most: 1,024 characters, and how many there were. */
export const textLengthMax = 1_100

/** A form as it was sent, and what it asks for or what is wrong with it. */
export interface ReadSearch {
  readonly fields: SearchFields
  readonly search: Search
  readonly page: SearchPage
  /** Sentences for whoever filled it in. With any of them, nothing is looked for. */
  readonly problems: readonly string[]
}

/** Reads a search from the parts of an address or a form. Unknown parts are passed over. */
export function readSearch(query: unknown): ReadSearch {
  const { fields, problems } = fieldsOf(query)
  const order = fields.order ?? 'refusals_first'
  if (order !== 'refusals_first' && order !== 'newest_first') {
    problems.push('Order: write refusals_first or newest_first.')
  }
  const rows = fields.rows ?? rowCounts[0]
  if (!isOneOf(rowCounts, rows)) problems.push(`Rows: write ${rowCounts.join(', ')}.`)
  if (fields.outcome !== undefined && !isOneOf(outcomes, fields.outcome)) {
    problems.push(`Outcome: write one of ${outcomes.join(', ')}.`)
  }
  const from = timeOf('from', fields, problems)
  const to = timeOf('to', fields, problems)
  if (from !== undefined && to !== undefined && from >= to) {
    problems.push('The period ends before it begins.')
  }
  return {
    fields,
    problems,
    search: searchOf(fields, from, to),
    page: {
      order: order === 'newest_first' ? order : 'refusals_first',
      limit: Number(rows),
      after: fields.after,
    },
  }
}

/** The fields as the query of an address, in the order of the form. */
export function searchText(fields: SearchFields): string {
  const given = names.flatMap((name): [string, string][] => {
    const value = fields[name]
    return value === undefined || value === '' ? [] : [[name, value]]
  })
  return new URLSearchParams(given).toString()
}

/** What is looked for, as the entry of a search has it. */
export function searchFacts({ fields, search }: ReadSearch): Record<string, string | undefined> {
  const { from, to, ...others } = fields
  return {
    ...(from !== undefined && { from: isoOf(search.from ?? Number.NaN) }),
    ...(to !== undefined && { to: isoOf(search.to ?? Number.NaN) }),
    ...others,
  }
}

/**
 * A moment as forms and people write it, taken as UTC: a day, or a day and a time. In milliseconds
 * since the epoch; undefined where it is none.
 */
export function readMoment(text: string): number | undefined {
  const form = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?Z?$/
  const [, day, time = '00:00'] = form.exec(text) ?? []
  const at = Date.parse(`${day}T${time}Z`)
  // Date.parse moves the 31st of a short month into the next one.
  return day !== undefined && isoOf(at)?.slice(0, 10) === day ? at : undefined
}

function fieldsOf(query: unknown): { fields: SearchFields; problems: string[] } {
  const problems: string[] = []
  const given = new Map(Object.entries((query ?? {}) as Record<string, unknown>))
  const fields = names.flatMap((name) => {
    const value = given.get(name)
    if (value === undefined) return []
    if (typeof value !== 'string') {
      problems.push(`${fieldLabels[name]}: it is there twice; write it once.`)
      return []
    }
    const text = value.trim()
    if (text.length <= textLengthMax) return text === '' ? [] : [[name, text]]
    problems.push(`${fieldLabels[name]}: write at most ${textLengthMax} characters.`)
    return []
  })
  return { fields: Object.fromEntries(fields) as SearchFields, problems }
}

function searchOf(fields: SearchFields, from: number | undefined, to: number | undefined): Search {
  return {
    from,
    to,
    outcome: fields.outcome,
    project: fields.project,
    job: fields.job && jobId(fields.job),
    user: fields.user?.replace(/^@/, ''),
    namespace: fields.namespace,
    workflowId: fields.workflow_id,
    workflowType: fields.workflow_type,
    method: fields.method,
    rule: fields.rule,
    code: fields.code,
  }
}

/** People paste the address of a job, or its number as GitLab shows it. */
function jobId(text: string): string {
  return /^(?:.*\/-\/jobs\/|#)([0-9]+)\/?$/.exec(text)?.[1] ?? text
}

function timeOf(name: 'from' | 'to', fields: SearchFields, problems: string[]): number | undefined {
  const text = fields[name]
  if (text === undefined) return undefined
  const at = readMoment(text)
  if (at === undefined) {
    problems.push(`${fieldLabels[name]}: write a time such as 2026-11-23T09:14:02.`)
  }
  return at
}

function isOneOf(all: readonly string[], text: string): boolean {
  return all.includes(text)
}
