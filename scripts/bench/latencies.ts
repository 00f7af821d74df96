/** How long calls took, in microseconds. */
export interface Latencies {
  readonly meanUs: number
  readonly p50Us: number
  readonly p99Us: number
}

/** Sorts what was measured. */
export function latenciesOf(measuredUs: Float64Array): Latencies {
  const sorted = measuredUs.toSorted()
  const at = (share: number) => round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN)
  const sum = sorted.reduce((total, one) => total + one, 0)
  return { meanUs: round(sum / sorted.length), p50Us: at(0.5), p99Us: at(0.99) }
}

/** The one in the middle, of a few rounds. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return (
    ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
  )
}

/** To a tenth. */
export function round(value: number): number {
  return Math.round(value * 10) / 10
}
