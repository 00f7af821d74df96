/**
 * Makes the function that writes times as entries have them: ISO 8601 in UTC with milliseconds. Calls
 * come many to a second, so all but the milliseconds is kept.
 *
 * @throws {RangeError} for what is no time, as `Date` does.
 */
export function createEntryTimes(): (at: number) => string {
  let keptAt = Number.NaN
  let kept = ''
  let keptSecond = Number.NaN
  let untilSecond = ''

  return function timeText(at) {
    if (at === keptAt) return kept
    const second = Math.floor(at / 1000)
    if (second !== keptSecond) {
      untilSecond = new Date(second * 1000).toISOString().slice(0, -4)
      keptSecond = second
    }
    const milliseconds = Math.floor(at - second * 1000)
    kept = `${untilSecond}${String(milliseconds).padStart(3, '0')}Z`
    keptAt = at
    return kept
  }
}
