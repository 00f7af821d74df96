/**
 * What JSON leaves as it is and a terminal, a log pipeline or a reviewer's eye may take for
 * something else: DEL and the C1 controls, line separators, bidirectional and invisible characters.
 */
const unsafe = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** A text in quotes, as JSON has it, with what could mislead a reader escaped. */
export function quoted(text: string): string {
  return harmless(JSON.stringify(text))
}

/** Escapes what JSON leaves as it is and could mislead a reader. It stays JSON of the same value. */
export function harmless(json: string): string {
  return json.replace(unsafe, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
