/** Longest text that is told apart from others; entries keep no longer ones, unless somebody else wrote them. */
const lengthMax = 1_100

/**
 * A text as it is kept and looked for. SQLite takes a NUL for the end of a text here and there, and half a
 * surrogate pair is none of its characters, so both stand as the sign for what cannot be shown.
 */
export function nameText(text: string): string {
  return text.slice(0, lengthMax).toWellFormed().replaceAll('\0', '\uFFFD')
}

/** What a filter's text asks for. */
export type Wanted =
  | { readonly kind: 'exact'; readonly text: string }
  /** `glob` is for SQLite; texts that fit are not below `start`, and below `end` where there is one. */
  | {
      readonly kind: 'pattern'
      readonly glob: string
      readonly start: string
      readonly end: string | undefined
    }

/**
 * Reads a filter's text: `*` stands for any run of characters, everything else for itself. Undefined where
 * it is longer than any text, so that nothing fits.
 */
export function wantedOf(filter: string): Wanted | undefined {
  const short = filter.replaceAll(/\*+/g, '*')
  if (short.length > lengthMax) return undefined
  const text = nameText(short)
  const [start = '', ...rest] = text.split('*')
  if (rest.length === 0) return { kind: 'exact', text }
  // In GLOB a question mark and a bracket mean something, unless they stand in brackets.
  const glob = text.replaceAll(/[?[]/g, '[$&]')
  return { kind: 'pattern', glob, start, end: endOf(start) }
}

/** The first text behind all that start so, in the order of code points; undefined where there is none. */
function endOf(start: string): string | undefined {
  const signs = Array.from(start)
  const sign = signs.pop()
  if (sign === undefined) return undefined
  const next = nextSign(sign)
  return next === undefined ? endOf(signs.join('')) : signs.join('') + next
}

function nextSign(sign: string): string | undefined {
  if (sign === '\u{10FFFF}') return undefined
  // Halves of surrogate pairs are no characters.
  return sign === '\uD7FF' ? '\uE000' : String.fromCodePoint(Number(sign.codePointAt(0)) + 1)
}
