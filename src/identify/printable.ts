/** Control, format and surrogate characters, and line separators: whatever could forge or hide a line of a log. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Longest text that is taken over from somebody else, in UTF-16 code units. */
const lengthMax = 64

/**
 * Text that a stranger chose, made fit for a refusal's detail or a log line: special characters are
 * escaped and the rest is cut.
 */
export function printable(text: string, max: number = lengthMax): string {
  const escaped = text.slice(0, max).replace(unprintable, escape)
  const cut = escaped.slice(0, max)
  return text.length > max || escaped.length > max ? `${cut}…` : cut
}

function escape(character: string): string {
  return `\\u{${Number(character.codePointAt(0)).toString(16)}}`
}

/** A numeric date of a token as ISO 8601; numbers that are no date are shown as they are. */
export function printableDate(seconds: number): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString()
}
