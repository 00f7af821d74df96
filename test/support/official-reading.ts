import { describedMethods, snake, type DescribedMethod } from '../../scripts/request-shapes.ts'
import type { Reading } from '../../src/temporal/reading.ts'
import type { Shape } from '../../src/temporal/shape.ts'

type Message = DescribedMethod['request']
type Descriptor = Message['fieldsArray'][number]

/** What the official package makes of a message: properties that are its own were on the wire. */
type Decoded = Readonly<Record<string, unknown>>

interface Decoder {
  decode(bytes: Uint8Array): Decoded
}

export const requestTypes: ReadonlyMap<string, Message> = new Map(
  describedMethods().map(({ name, request }) => [name, request]),
)

/**
 * What the official decoder makes of a request, told in the words of the shape; undefined where it
 * refuses the bytes, as the server would: then nothing is done, whatever was decided.
 */
export function officialReading(
  bytes: Uint8Array,
  type: Message,
  shape: Shape,
): Reading | undefined {
  const decoded = decode(bytes, type)
  return decoded && project(decoded, type, shape)
}

function decode(bytes: Uint8Array, type: Message): Decoded | undefined {
  try {
    return (type as unknown as Decoder).decode(bytes)
  } catch {
    return undefined
  }
}

function project(decoded: Decoded, type: Message, shape: Shape): Reading {
  const reading = new Map<string, Value>()
  for (const [number, { kind, shape: inner }] of shape) {
    const field = fieldsOf(type).get(number)
    const value = field && Object.hasOwn(decoded, field.name) ? decoded[field.name] : undefined
    if (field === undefined || value === undefined || value === null) continue
    const name = snake(field.name)
    const below = field.resolvedType as Message
    if (kind === 'presence') {
      if (!Array.isArray(value) || value.length > 0) reading.set(name, true)
    } else if (kind === 'bytes') reading.set(name, (value as Uint8Array).length > 0)
    else if (kind === 'varint') reading.set(name, Number(value))
    else if (kind === 'string') reading.set(name, value as string)
    else if (!Array.isArray(value)) reading.set(name, project(value as Decoded, below, inner!))
    else if (value.length > 0) {
      reading.set(
        name,
        value.map((each: Decoded) => project(each, below, inner!)),
      )
    }
  }
  return reading
}

type Value = Reading extends ReadonlyMap<string, infer V> ? V : never

/** The type of a message field. */
export function messageOf(field: Descriptor): Message | undefined {
  return field.resolvedType && 'fieldsArray' in field.resolvedType ? field.resolvedType : undefined
}

const fieldsByType = new WeakMap<Message, ReadonlyMap<number, Descriptor>>()

/** The fields of a type by number. */
export function fieldsOf(type: Message): ReadonlyMap<number, Descriptor> {
  const known = fieldsByType.get(type)
  if (known) return known
  const fields = new Map(type.fieldsArray.map((field) => [field.id, field.resolve()]))
  fieldsByType.set(type, fields)
  return fields
}
