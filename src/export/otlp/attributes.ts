import type { RecordedEntry } from '../../core/recorded-call.ts'

/** A value as OTLP has it, AnyValue. */
export type LogValue = string | number | boolean | null | LogValue[] | { [name: string]: LogValue }

/**
 * Fields whose names are data, such as addresses of callers. They stay one value each: as attributes of
 * their own, strangers would choose the names of columns in whatever stores the records.
 */
const keyedByData: ReadonlySet<string> = new Set(['peers', 'methods', 'problems'])

/** Deeper than any entry goes. A journal that somebody has written to may go as deep as it likes. */
const depthMax = 4

/** The fields of an entry as attributes of a log record, `sallyport.` before each; lists are kept. */
export function logAttributes(entry: RecordedEntry): Record<string, LogValue> {
  const attributes = Object.entries(entry).flatMap(([name, value]) =>
    keyedByData.has(name)
      ? [[`sallyport.${name}`, logValue(value, 0)] as const]
      : flattened(`sallyport.${name}`, value, 0),
  )
  return Object.fromEntries(attributes)
}

function flattened(name: string, value: unknown, depth: number): (readonly [string, LogValue])[] {
  if (!isObject(value) || depth === depthMax) return [[name, logValue(value, depth)]]
  return Object.entries(value).flatMap(([key, each]) =>
    flattened(`${name}.${key}`.toWellFormed(), each, depth + 1),
  )
}

function logValue(value: unknown, depth: number): LogValue {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  // The body of the record has it.
  if (depth === depthMax) return '…'
  if (Array.isArray(value)) return value.map((each) => logValue(each, depth + 1))
  const entries = isObject(value) ? Object.entries(value) : []
  return Object.fromEntries(
    entries.map(([key, each]) => [key.toWellFormed(), logValue(each, depth + 1)]),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
