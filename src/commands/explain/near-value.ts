import { compilePattern } from '../../core/pattern.ts'

/**
 * Why a value that looks like one of those that are wanted is none of them; undefined where it does not
 * even look like one. What is wanted may be a pattern with `*`.
 */
export function nearMiss(value: string, wanted: readonly string[]): string | undefined {
  const lower = value.toLowerCase()
  const sameLetters = wanted.find((one) => compilePattern(one.toLowerCase()).matches(lower))
  if (sameLetters !== undefined) return `differs from ${sameLetters} in case only, and case counts`
  const trimmed = wanted.find((one) => one.trim() === value.trim())
  if (trimmed !== undefined) return `differs from ${trimmed.trim()} in spaces only`
  const path = wanted.find((one) => isRefPathOf(one, value) || isRefPathOf(value, one))
  if (path !== undefined) {
    return `is not ${path}: the claim ref has the short name, ref_path the one that begins with refs/`
  }
  const close = wanted.find((one) => !one.includes('*') && isSlipOf(one, value))
  return close === undefined ? undefined : `is almost what is wanted; did you mean ${close}?`
}

function isRefPathOf(path: string, ref: string): boolean {
  return path === `refs/heads/${ref}` || path === `refs/tags/${ref}`
}

/** Shortest value that may have a slip: shorter ones differ by little and mean something else. */
const slipLengthMin = 4

/** Whether two values are the same but for at most two characters that stand together. */
function isSlipOf(one: string, other: string): boolean {
  const shorter = Math.min(one.length, other.length)
  if (shorter < slipLengthMin) return false
  let before = 0
  while (before < shorter && one[before] === other[before]) before++
  let after = 0
  while (after < shorter - before && one.at(-1 - after) === other.at(-1 - after)) after++
  return before + after >= Math.max(one.length, other.length) - 2
}
