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
  let distance = b.length
  for (const letter of a) {
    const next: number[] = []
    let diagonal = Infinity
    distance = Infinity
    for (const [j, above] of row.entries()) {
      const substituted = diagonal + (letter === b[j - 1] ? 0 : 1)
      distance = Math.min(substituted, above + 1, distance + 1)
      next.push(distance)
      diagonal = above
    }
    row = next
  }
  return distance
}
