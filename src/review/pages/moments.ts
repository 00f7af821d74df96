import { html, type Html } from '../html.ts'

const counts = new Intl.NumberFormat('en-GB')

/** A number with its thousands apart. */
export function countText(count: number): string {
  return counts.format(count)
}

/** Milliseconds since the epoch as `2026-11-23 09:14:02.113`, in UTC; a dash where it is no time. */
export function momentText(at: number): string {
  return isoOf(at)?.replace('T', ' ').replace('Z', '') ?? '–'
}

/** The same to the minute, for periods. */
export function minuteText(at: number): string {
  return isoOf(at)?.replace('T', ' ').slice(0, 16) ?? '–'
}

/** A moment for people and programs. All are in UTC, which the page says once. */
export function moment(at: number): Html {
  return html`<time datetime="${isoOf(at)}">${momentText(at)}</time>`
}

/** As ISO 8601, or undefined where it is no time. */
export function isoOf(at: number): string | undefined {
  const date = new Date(at)
  return Number.isNaN(date.valueOf()) ? undefined : date.toISOString()
}

/** How long something took. */
export function tookText(ms: number | undefined): string {
  if (ms === undefined) return ''
  if (ms < 1_000) return `${Math.round(ms * 10) / 10} ms`
  if (ms < 60_000) return `${Math.round(ms / 100) / 10} s`
  const minutes = Math.floor(ms / 60_000)
  return `${countText(minutes)} min ${Math.floor((ms % 60_000) / 1_000)} s`
}
