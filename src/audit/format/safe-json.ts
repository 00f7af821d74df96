/**
 * What JSON leaves as it is and a terminal, a log pipeline or a reviewer's eye may take for something
 * else: DEL and the C1 controls, line separators, bidirectional and invisible characters. The journal
 * escapes them; whatever is made of an entry must do so again.
 */
const unsafe = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/** A value as one line of JSON without characters that could hide or forge something. */
export function safeJson(value: object): string {
  return harmless(JSON.stringify(value))
}

/** JSON with the characters escaped that could hide or forge something; outside of texts it has none. */
export function harmless(json: string): string {
  // As many bytes as characters: all of it is ASCII, of which JSON leaves only DEL unescaped.
  if (Buffer.byteLength(json) === json.length && !json.includes('\u007f')) return json
  return json.replace(unsafe, escaped)
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
