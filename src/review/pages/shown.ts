import { html, type Html } from '../html.ts'

/**
 * Characters that have no look of their own, or that change how others look: controls, formats
 * (bidirectional and invisible ones), line separators, halves of surrogate pairs.
 */
export const oddCharacters = '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]'

const odd = new RegExp(oddCharacters, 'gu')
const aroundOdd = new RegExp(`(${oddCharacters})`, 'u')

/**
 * A text that somebody else chose, so that it reads as what it is: it cannot turn the direction of
 * what stands around it, and each odd character is there and shows its code.
 */
export function shown(text: string | undefined): Html {
  if (text === undefined) return html``
  // A split with a group keeps what it split at, at every second place.
  const parts = text
    .split(aroundOdd)
    .map((part, at) =>
      at % 2 === 0 ? part : html`<span class="odd" data-code="${codeOf(part)}">${part}</span>`,
    )
  return html`<bdi>${parts}</bdi>`
}

/** A value as JSON on several lines, with odd characters escaped as they are in the journal. */
export function shownJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2).replaceAll(odd, (character) =>
    character === '\n' ? character : escapeOf(character),
  )
}

function codeOf(character: string): string {
  return `U+${Number(character.codePointAt(0)).toString(16).toUpperCase().padStart(4, '0')}`
}

function escapeOf(character: string): string {
  return character.replaceAll(
    /[^]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
