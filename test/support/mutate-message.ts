import type { DescribedMethod } from '../../scripts/request-shapes.ts'
import { fieldsOf, messageOf } from './official-reading.ts'
import type { Random } from './random.ts'
import { encodeField, encodeVarint, splitMessage, type Chunk } from './wire-format.ts'

type Message = DescribedMethod['request']

/** Another valid message, for mutations that mix two. */
interface Material {
  readonly random: Random
  readonly other: Uint8Array
}

/**
 * Changes a message in one place, at any depth. Mostly the lengths around that place are put right
 * again, so that what is odd is one thing deep inside a message that is otherwise sound.
 */
export function mutate(bytes: Uint8Array, type: Message, material: Material): Uint8Array {
  const { random } = material
  const chunks = splitMessage(bytes)
  if (chunks === undefined || chunks.length === 0) return flipBit(bytes, random)
  const inner = chunks.filter((chunk) => messageUnder(chunk, type) && chunk.end > chunk.content)
  if (inner.length > 0 && random.below(10) < 6) {
    const chunk = random.oneOf(inner)
    const content = bytes.subarray(chunk.content, chunk.end)
    const changed = mutate(content, messageUnder(chunk, type)!, material)
    return splice(bytes, chunk, encodeField(chunk.number, 2, changed))
  }
  const at = { bytes, type, chunks, chunk: random.oneOf(chunks), ...material }
  return random.oneOf(mutations)(at)
}

interface Place extends Material {
  readonly bytes: Uint8Array
  readonly type: Message
  readonly chunks: readonly Chunk[]
  /** The field to change. */
  readonly chunk: Chunk
}

const mutations: readonly ((place: Place) => Uint8Array)[] = [
  ({ bytes, random }) => flipBit(bytes, random),
  // A field twice, the second time in any place.
  ({ bytes, chunk, chunks, random }) =>
    insert(bytes, random.oneOf(chunks).start, whole(bytes, chunk)),
  // Another order.
  ({ bytes, chunks, random }) =>
    Buffer.concat(
      chunks
        .map((chunk) => ({ chunk, order: random.below(1000) }))
        .toSorted((a, b) => a.order - b.order)
        .map(({ chunk }) => whole(bytes, chunk)),
    ),
  // A field that the API does not have, or not with this wire type.
  ({ bytes, chunk, random }) => insert(bytes, chunk.start, unknownField(random)),
  // A tag or a length in more bytes than it needs.
  ({ bytes, chunk, random }) => {
    const isTag = random.below(10) < 5
    const tag = encodeVarint(chunk.number * 8 + chunk.wireType, isTag ? 1 + random.below(3) : 0)
    const content = bytes.subarray(chunk.content, chunk.end)
    const length = encodeVarint(content.length, isTag ? 0 : 1 + random.below(3))
    return splice(
      bytes,
      chunk,
      Buffer.concat(chunk.wireType === 2 ? [tag, length, content] : [tag, content]),
    )
  },
  ({ bytes, random }) => bytes.subarray(0, random.below(bytes.length)),
  ({ bytes, other }) => Buffer.concat([bytes, other]),
  ({ bytes, other, chunk }) => insert(bytes, chunk.start, other),
  // A length that says more or less than there is.
  ({ bytes, chunk, random }) => {
    const changed = Buffer.from(bytes)
    if (chunk.wireType === 2) changed[chunk.content - 1]! += random.below(10) < 5 ? 1 : -1
    return changed
  },
  // A message in two halves, which decoders merge.
  ({ bytes, chunk, random }) => {
    if (chunk.wireType !== 2) return bytes
    const content = bytes.subarray(chunk.content, chunk.end)
    const halves = splitMessage(content) ?? []
    const cut = halves.length > 1 ? random.oneOf(halves).start : 0
    const parts = [content.subarray(0, cut), content.subarray(cut)]
    return splice(
      bytes,
      chunk,
      Buffer.concat(parts.map((part) => encodeField(chunk.number, 2, part))),
    )
  },
  ({ bytes, chunk }) => splice(bytes, chunk, new Uint8Array()),
  // The content under the number of another field of the message.
  ({ bytes, type, chunk, random }) => {
    const number = random.oneOf([...fieldsOf(type).keys(), 1])
    const content = bytes.subarray(chunk.content, chunk.end)
    return splice(bytes, chunk, encodeField(number, chunk.wireType, content))
  },
  ({ bytes, chunk }) => splice(bytes, chunk, encodeField(chunk.number, 2, new Uint8Array())),
  // Another value.
  ({ bytes, chunk, random }) =>
    chunk.wireType === 2
      ? splice(bytes, chunk, encodeField(chunk.number, 2, Buffer.from(random.oneOf(words))))
      : splice(bytes, chunk, encodeField(chunk.number, 0, encodeVarint(random.oneOf(numbers)))),
]

const words = ['payroll', 'payments', 'temporal-sys-batcher', '\ufeffpayments', 'pay\u0000ments']
const numbers = [0, 1, 2, 3, 4, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 3]

function messageUnder(chunk: Chunk, type: Message): Message | undefined {
  const field = fieldsOf(type).get(chunk.number)
  return chunk.wireType === 2 && field && !field.map ? messageOf(field) : undefined
}

function unknownField(random: Random): Uint8Array {
  const wireType = random.below(8)
  const number = random.oneOf([1 + random.below(40), 900, 2 ** 29 - 1])
  const length = { 0: 1, 1: 8, 2: random.below(6), 5: 4 }[wireType] ?? 0
  return encodeField(number, wireType, Buffer.alloc(length, random.below(128)))
}

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  if (bytes.length === 0) return bytes
  const changed = Buffer.from(bytes)
  changed[random.below(bytes.length)]! ^= 1 << random.below(8)
  return changed
}

function whole(bytes: Uint8Array, chunk: Chunk): Uint8Array {
  return bytes.subarray(chunk.start, chunk.end)
}

function splice(bytes: Uint8Array, chunk: Chunk, replacement: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, chunk.start), replacement, bytes.subarray(chunk.end)])
}

function insert(bytes: Uint8Array, at: number, field: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), field, bytes.subarray(at)])
}
