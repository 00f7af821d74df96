/** A compiled pattern: says whether a whole value matches. */
export interface Pattern {
  readonly text: string
  readonly matches: (value: string) => boolean
}

/**
 * Compiles an exact value, or a pattern in which `*` stands for any run of characters. The pattern is
 * anchored to the whole value. Matching looks for each literal part once, from left to right, so it
 * never backtracks. An empty value matches nothing, not even `*`: a field that was left out cannot
 * be shown to be within a limit.
 */
export function compilePattern(text: string): Pattern {
  const [first = '', ...rest] = text.split('*')
  const last = rest.pop()
  if (last === undefined) return { text, matches: (value) => value !== '' && value === text }
  const middle = rest.filter((part) => part !== '')
  return {
    text,
    matches: (value) =>
      value !== '' &&
      value.length >= first.length + last.length &&
      value.startsWith(first) &&
      value.endsWith(last) &&
      containsInOrder(value, middle, first.length, value.length - last.length),
  }
}

/** Leftmost placement of each part leaves the most room for the rest, so no other needs trying. */
function containsInOrder(
  value: string,
  parts: readonly string[],
  start: number,
  end: number,
): boolean {
  let from = start
  for (const part of parts) {
    const at = value.indexOf(part, from)
    if (at < 0 || at + part.length > end) return false
    from = at + part.length
  }
  return true
}
