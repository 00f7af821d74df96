import { boundedText } from '../core/audit-entry.ts'
import { bytesOf, type JsonBytes } from './json-bytes.ts'

const comma = bytesOf(',')
const opening = bytesOf('[')
const closing = bytesOf(']')
const point = bytesOf('.')

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
  if (Number.isSafeInteger(value) && value >= 0) out.integer(value)
  else out.ascii(Number.isFinite(value) ? String(value) : 'null')
}

/** Writes a field that is a number with one decimal, or none where that is zero. */
export function writeTenths(out: JsonBytes, key: Uint8Array, value: number): void {
  const tenths = Math.round(value * 10)
  const tenth = tenths % 10
  // Beyond these JSON needs no decimals, or has another way to write them.
  if (tenth === 0 || !(tenths > 0 && tenths < 2 ** 31)) {
    writeNumber(out, key, tenths / 10)
    return
  }
  writeNumber(out, key, (tenths - tenth) / 10)
  out.add(point)
  out.integer(tenth)
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
