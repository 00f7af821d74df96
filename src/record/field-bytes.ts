import { boundedText } from '../core/audit-entry.ts'
import { bytesOf, type JsonBytes } from './json-bytes.ts'

const comma = bytesOf(',')
const opening = bytesOf('[')
const closing = bytesOf(']')

/** The name of a field with the comma before it. Names are the program's own. */
export function fieldKey(name: string): Uint8Array {
  return bytesOf(`,"${name}":`)
}

/** Writes a field, cut where it is too long, or nothing where there is no value. */
export function writeField(out: JsonBytes, key: Uint8Array, value: string | undefined): void {
  if (value === undefined || value === '') return
  out.add(key)
  out.quoted(boundedText(value))
}

/** Writes a field that is a number. JSON has no word for what is none, and the chain ends where JSON does. */
export function writeNumber(out: JsonBytes, key: Uint8Array, value: number): void {
  out.add(key)
  out.ascii(Number.isFinite(value) ? String(value) : 'null')
}

/** Writes a field that is a list of texts, empty or not. */
export function writeList(out: JsonBytes, key: Uint8Array, values: readonly string[]): void {
  out.add(key)
  out.add(opening)
  for (const [index, value] of values.entries()) {
    if (index > 0) out.add(comma)
    out.quoted(value)
  }
  out.add(closing)
}
