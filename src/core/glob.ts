/**
 * Compiles a glob over values with `/` segments: `*` stands for any run of characters within a segment,
 * `**` for any run at all. The pattern is anchored to the whole value, and nothing else is special.
 *
 * Matching advances the set of pattern positions that are reachable after each character, so it takes
 * at most the length of the value times that of the pattern, whatever the pattern.
 */
export function compileGlob(text: string): (value: string) => boolean {
  const tokens = tokensOf(text)
  return (value) => {
    let reachable = reach(tokens, new Set([0]))
    for (const character of value) {
      const next = new Set<number>()
      for (const at of reachable) {
        const token = tokens[at]
        if (token === undefined) continue
        if (token === anything || (token === withinSegment && character !== '/')) next.add(at)
        else if (token === character) next.add(at + 1)
      }
      if (next.size === 0) return false
      reachable = reach(tokens, next)
    }
    return reachable.has(tokens.length)
  }
}

const withinSegment = Symbol('*')
const anything = Symbol('**')

type Token = string | typeof withinSegment | typeof anything

function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(/\*\*+|\*|[^*]/gsu)].map(([part]): Token => {
    if (part === '*') return withinSegment
    return part.startsWith('**') ? anything : part
  })
}

/** Adds the positions that are reachable without a character: a wildcard may stand for nothing. */
function reach(tokens: readonly Token[], positions: Set<number>): Set<number> {
  for (const at of positions) {
    if (typeof tokens[at] === 'symbol') positions.add(at + 1)
  }
  return positions
}
