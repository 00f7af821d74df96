import {
  MalformedMessage,
  readLength,
  readTag,
  readVarint,
  skipValue,
  wireTypes,
  type Cursor,
} from './wire-reader.ts'
import type { Field, Shape } from './shape.ts'

/** What a shape says to read of one message, by field name. A field that was not sent is absent. */
export type Reading = ReadonlyMap<string, Value>

type Value = string | number | boolean | Reading | Reading[]

/**
 * Reads a message strictly. Decoders merge repeated fields and let the last of two scalars win, so a
 * second occurrence of a field that is read is refused rather than interpreted, as is a `oneof` with
 * two members. Fields outside the shape are checked for framing only, and stay in the bytes that are
 * forwarded.
 *
 * @throws {MalformedMessage} saying what is wrong, without any of the message's content.
 */
export function readMessage(bytes: Uint8Array, shape: Shape): Reading {
  return readFields({ bytes, offset: 0, end: bytes.length }, shape)
}

function readFields(cursor: Cursor, shape: Shape): Reading {
  const reading = new Map<string, Value>()
  let oneofs: Map<string, string> | undefined
  while (cursor.offset < cursor.end) {
    const { number, wireType } = readTag(cursor)
    const field = shape.get(number)
    if (field === undefined) {
      skipValue(cursor, wireType)
      continue
    }
    if (field.oneof !== undefined) {
      oneofs ??= new Map()
      refuseSecondMember(oneofs, field.oneof, field.name)
    }
    readField(cursor, wireType, field, reading)
  }
  return reading
}

function refuseSecondMember(oneofs: Map<string, string>, oneof: string, name: string): void {
  const member = oneofs.get(oneof)
  if (member !== undefined && member !== name) {
    throw new MalformedMessage(`${member} and ${name} are both set, where one may be`)
  }
  oneofs.set(oneof, name)
}

function readField(
  cursor: Cursor,
  wireType: number,
  field: Field,
  reading: Map<string, Value>,
): void {
  const expected = field.kind === 'varint' ? wireTypes.varint : wireTypes.length
  if (wireType !== expected) throw new MalformedMessage(`${field.name} has another type`)
  const earlier = reading.get(field.name)
  if (earlier !== undefined && !field.repeated) {
    throw new MalformedMessage(`${field.name} occurs twice`)
  }
  if (field.kind !== 'message') {
    reading.set(field.name, readValue(cursor, field))
    return
  }
  const { start, end } = readLength(cursor)
  const message = readFields({ bytes: cursor.bytes, offset: start, end }, field.shape ?? noFields)
  if (!field.repeated) reading.set(field.name, message)
  else if (Array.isArray(earlier)) earlier.push(message)
  else reading.set(field.name, [message])
}

/** Enums and booleans are 32 bits wide; decoders differ in what they make of more. */
const numberMax = 2 ** 32 - 1

function readValue(cursor: Cursor, field: Field): string | number | boolean {
  if (field.kind === 'varint') {
    const value = readVarint(cursor)
    if (value > numberMax) throw new MalformedMessage(`${field.name} is out of range`)
    return value
  }
  const { start, end } = readLength(cursor)
  if (field.kind === 'string') return readText(cursor.bytes.subarray(start, end), field.name)
  return field.kind === 'presence' || end > start
}

const noFields: Shape = new Map()

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readText(bytes: Uint8Array, name: string): string {
  try {
    return utf8.decode(bytes)
  } catch {
    throw new MalformedMessage(`${name} is not valid UTF-8`)
  }
}

/** A string at a path of message fields; empty where it was not sent, as protobuf has it. */
export function textAt(reading: Reading | undefined, ...path: readonly string[]): string {
  const last = path.length - 1
  const value = messageUpTo(reading, path, last)?.get(path[last] ?? '')
  return typeof value === 'string' ? value : ''
}

/** The message at a path of message fields, if it was sent. */
export function messageAt(
  reading: Reading | undefined,
  ...path: readonly string[]
): Reading | undefined {
  return messageUpTo(reading, path, path.length)
}

function messageUpTo(
  reading: Reading | undefined,
  path: readonly string[],
  end: number,
): Reading | undefined {
  let here = reading
  for (let at = 0; at < end && here !== undefined; at += 1) {
    const value = here.get(path[at] as string)
    here = value instanceof Map ? value : undefined
  }
  return here
}

/** The messages of a repeated field; none where it was not sent. */
export function messagesAt(reading: Reading, name: string): readonly Reading[] {
  const value = reading.get(name)
  return Array.isArray(value) ? value : none
}

const none: readonly Reading[] = []

/** Whether a field was sent with a value other than zero, false or nothing. */
export function isSet(reading: Reading | undefined, name: string): boolean {
  return Boolean(reading?.get(name))
}
