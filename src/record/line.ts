import type { EntryBody } from '../core/audit-entry.ts'
import type { ChainHead } from './chain.ts'

/** Longest line, in bytes without its newline; also what one entry of a tile-based log may hold. */
const lineBytesMax = 64 * 1024

/** Longest field that is carried over into the stand-in for an entry that cannot be written. */
const carriedLengthMax = 128

/**
 * What JSON leaves as it is and a terminal, a log pipeline or a reviewer's eye may take for
 * something else: DEL and the C1 controls, line separators, bidirectional and invisible characters.
 */
const unsafe = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

export interface LineOptions {
  readonly replica: string
  readonly version: string
  readonly newId: () => string
}

/** Makes the function that writes an entry as the line that follows `head`, with its newline. */
export function createLines({ replica, version, newId }: LineOptions) {
  const ending = `,"replica":${JSON.stringify(replica)},"version":${JSON.stringify(version)}}\n`

  return function lineAfter(head: ChainHead, body: EntryBody): Buffer {
    const place = `{"id":"${newId()}","seq":${head.seq + 1},"prev":"${head.digest}",`
    const line = encode(place + fieldsOf(body) + ending)
    if (line.length - 1 <= lineBytesMax) return line
    const instead = standIn(body, { oversized_bytes: line.length - 1 })
    return encode(place + fieldsOf(instead) + ending)
  }
}

/** Joining texts, rather than objects, saves a copy of some thirty fields per entry. */
function fieldsOf(body: EntryBody): string {
  try {
    return JSON.stringify(body).slice(1, -1)
  } catch (error) {
    // Such an entry is a bug, but one that may neither lose the record nor stop those behind it.
    return fieldsOf(standIn(body, { unwritable: String(error).slice(0, carriedLengthMax) }))
  }
}

/** What remains of an entry that cannot be written in full: which one it is, and why it is short. */
function standIn(body: EntryBody, why: Readonly<Record<string, unknown>>): EntryBody {
  const { time, kind } = body
  const carried = ['decision_id', 'outcome', 'code'].flatMap((name) => {
    const value = body[name]
    return typeof value === 'string' && value.length <= carriedLengthMax ? [[name, value]] : []
  })
  return { time, kind, ...Object.fromEntries(carried), ...why }
}

function encode(text: string): Buffer {
  const bytes = Buffer.from(text)
  // As many bytes as characters: all of it is ASCII, of which JSON leaves only DEL unescaped.
  if (bytes.length === text.length && !text.includes('\u007f')) return bytes
  return Buffer.from(text.replace(unsafe, escaped))
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
