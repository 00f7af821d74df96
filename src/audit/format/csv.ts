import type { RecordedEntry } from '../../core/recorded-call.ts'

/** Fields that a row has, in this order. All others are left out: CSV is for looking, not for proving. */
const columns = [
  'time',
  'seq',
  'id',
  'kind',
  'outcome',
  'code',
  'detail',
  'decision_id',
  'service',
  'method',
  'verbs',
  'namespace',
  'workflow_id',
  'workflow_type',
  'task_queue',
  'rule',
  'role',
  'principal',
  'issuer',
  'project_path',
  'project_id',
  'job_id',
  'pipeline_id',
  'ref',
  'ref_protected',
  'environment',
  'user_login',
  'user_id',
  'sha',
  'peer',
  'grpc_status',
  'duration_ms',
  'bytes',
  'count',
  'action',
  'reviewer',
  'policy_hash',
  'token_sha256',
  'replica',
  'version',
] as const

/** The first line of a CSV file, without its line end. RFC 4180. */
export const csvHeader = columns.join(',')

/** An entry as one line of a CSV file, without its line end. RFC 4180. */
export function csvRow(entry: RecordedEntry): string {
  return columns.map((name) => cell(entry[name])).join(',')
}

/**
 * Where a spreadsheet would take what follows for a formula: at the beginning of a cell, and behind a
 * semicolon, which begins a cell in languages whose comma is for decimals; also behind spaces, and behind
 * quotes, which such a spreadsheet takes away. The wide forms count in some languages.
 */
const formula = /(?<=^|;)(?=[\s"]*[=+\-@＝＋－＠])/gu

/** Control, format and surrogate characters, and line separators: a row is always one line. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

function cell(value: unknown): string {
  const text = textFor(value).replace(unprintable, escaped)
  const inert = typeof value === 'number' ? text : text.replaceAll(formula, "'")
  return /[",;]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert
}

function textFor(value: unknown): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return value.map(textFor).join(' ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function escaped(character: string): string {
  return `\\u{${Number(character.codePointAt(0)).toString(16)}}`
}
