import type { DescribedMethod } from '../../scripts/request-shapes.ts'
import { messageOf } from './official-reading.ts'
import type { Random } from './random.ts'

type Message = DescribedMethod['request']
type Descriptor = Message['fieldsArray'][number]

interface Encoder {
  fromObject(value: object): object
  encode(message: object): { finish(): Uint8Array }
}

/** Messages below these are seldom filled in: they are long, and nothing of them is read. */
const bulky = /\.(common|failure|sdk|worker|google\.protobuf)\.?/

const depthMax = 6

/** A request with values in about half of its fields, encoded by the official package. */
export function sampleRequest(type: Message, random: Random): Uint8Array {
  const encoder = type as unknown as Encoder
  return encoder.encode(encoder.fromObject(sampleMessage(type, random, 0))).finish()
}

function sampleMessage(type: Message, random: Random, depth: number): Record<string, unknown> {
  const value: Record<string, unknown> = {}
  const members = new Map<string, string>()
  for (const unresolved of type.fieldsArray) {
    const field = unresolved.resolve()
    if (!isFilledIn(field, random, depth)) continue
    // Of a oneof, one member: another takes its place now and then.
    const oneof = field.partOf?.name
    const member = oneof === undefined ? undefined : members.get(oneof)
    if (member !== undefined) {
      if (random.below(10) < 6) continue
      delete value[member]
    }
    if (oneof !== undefined) members.set(oneof, field.name)
    const count = field.repeated && !field.map ? 1 + random.below(2) : 1
    const values = Array.from({ length: count }, () => sampleValue(field, random, depth))
    if (field.map) value[field.name] = { key: values[0] }
    else value[field.name] = field.repeated ? values : values[0]
  }
  return value
}

function isFilledIn(field: Descriptor, random: Random, depth: number): boolean {
  if (/^namespace$|workflow|task_?queue|operation|command|schedule$|patch/i.test(field.name)) {
    return random.below(100) < 85 && depth < depthMax
  }
  const type = messageOf(field)
  if (type === undefined) return random.below(10) < 5
  return depth < depthMax && random.below(10) < (bulky.test(type.fullName) ? 1 : 4)
}

const strings = ['ledger', 'ledger-7', 'LedgerRollup', 'temporal-sys-x', 'é', '', 'payments-prod']

function sampleValue(field: Descriptor, random: Random, depth: number): unknown {
  const type = messageOf(field)
  if (type) return sampleMessage(type, random, depth + 1)
  if (field.type === 'string') {
    return field.name === 'namespace' && random.below(10) < 9 ? 'payments' : random.oneOf(strings)
  }
  if (field.type === 'bytes') return Buffer.alloc(random.below(4), 7)
  return field.type === 'bool' ? random.below(10) < 7 : random.below(6)
}
