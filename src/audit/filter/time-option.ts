import { durationMs } from '../../config/values.ts'

/** A length of time before now, or a moment with its time zone. */
const ago = /^[1-9][0-9]{0,5}[smhd]$/
const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

/**
 * A moment as somebody writes it, in milliseconds since the epoch: `2h` is two hours ago, a date is its
 * beginning in UTC, a time needs its zone. Undefined where it is none of these.
 */
export function readMoment(text: string, now: number): number | undefined {
  if (ago.test(text)) return now - durationMs(text)
  if (!moment.test(text)) return undefined
  const time = Date.parse(text)
  return Number.isNaN(time) || !isDay(text.slice(0, 10)) ? undefined : time
}

/** Whether a day exists: 31 February would be taken for the 3rd of March. */
function isDay(date: string): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().startsWith(date)
}
