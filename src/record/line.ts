import { hash } from 'node:crypto'
import type { EntryBody } from '../core/audit-entry.ts'
import { CallEntry } from './call-entry.ts'
import type { ChainHead } from './chain.ts'
import { bytesOf, JsonBytes } from './json-bytes.ts'
import { harmless } from './json-text.ts'

/** Longest line, in bytes without its newline; also what one entry of a tile-based log may hold. */
const lineBytesMax = 64 * 1024

/** Longest field that is carried over into the stand-in for an entry that cannot be written. */
const carriedLengthMax = 128

/** Room that is kept for batches: some five hundred calls. A batch that needs more gets more, once. */
const roomBytes = 1024 * 1024

const idBegin = bytesOf('{"id":"')
const seqBegin = bytesOf('","seq":')
const prevBegin = bytesOf(',"prev":"')
const prevEnd = bytesOf('",')

export interface LineOptions {
  readonly replica: string
  readonly version: string
  /** Writes an identifier that none has yet. */
  readonly writeId: (out: JsonBytes) => void
}

/** Lines of a journal, each with its newline, and the end of the chain behind them. */
export interface EncodedBatch {
  /** Good until the next batch is encoded: the room is used again. */
  readonly bytes: Uint8Array
  readonly head: ChainHead
}

/** Makes the function that writes entries as the lines that follow `head`. */
export function createLines({ replica, version, writeId }: LineOptions) {
  const origin = `"replica":${JSON.stringify(replica)},"version":${JSON.stringify(version)}`
  const ending = bytesOf(`,${harmless(origin)}}\n`)
  let out = new JsonBytes(roomBytes)

  /** Writes the line behind `head`, and returns its length without the newline. */
  function write({ seq, digest }: ChainHead, body: EntryBody): number {
    const start = out.length
    out.add(idBegin)
    writeId(out)
    out.add(seqBegin)
    out.integer(seq + 1)
    out.add(prevBegin)
    out.ascii(digest)
    out.add(prevEnd)
    writeFields(out, body)
    out.add(ending)
    return out.length - start - 1
  }

  return function encodeBatch(head: ChainHead, bodies: readonly EntryBody[]): EncodedBatch {
    // What one large batch took is given back with the next.
    if (out.length > roomBytes) out = new JsonBytes(roomBytes)
    out.cutTo(0)
    let next = head
    for (const body of bodies) {
      const start = out.length
      const lineBytes = write(next, body)
      if (lineBytes > lineBytesMax) {
        out.cutTo(start)
        write(next, standIn(body, { oversized_bytes: lineBytes }))
      }
      next = { seq: next.seq + 1, digest: hash('sha256', out.between(start, out.length - 1)) }
    }
    return { bytes: out.between(0, out.length), head: next }
  }
}

/** An entry that cannot be written is a bug, but one that may neither lose the record nor stop those behind it. */
function writeFields(out: JsonBytes, body: EntryBody): void {
  const start = out.length
  try {
    if (body instanceof CallEntry) body.writeTo(out)
    else out.text(harmless(JSON.stringify(body)).slice(1, -1))
  } catch (error) {
    out.cutTo(start)
    writeFields(out, standIn(body, { unwritable: String(error).slice(0, carriedLengthMax) }))
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
