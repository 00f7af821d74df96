/** The known name that is closest to a mistyped one, if any is close: `did you mean …?`, or nothing. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const ranked = known
    .map((name) => ({ name, distance: editDistance(typed.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.distance - b.distance)
  const [closest] = ranked
  if (closest === undefined || closest.distance > Math.max(2, typed.length / 3)) return ''
  return `did you mean ${closest.name}?`
}

/** Levenshtein distance: the least number of single-character edits between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
