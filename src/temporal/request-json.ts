import type { Content } from './encode-request.ts'
import type { Field, Shape } from './shape.ts'

/** A field of a request's JSON that no decision looks at. */
export interface UnreadField {
  /** Where it stands, such as `operations[0].startWorkflow.input`. */
  readonly path: string
  readonly name: string
  /** The names that are looked at in its place, as JSON has them, and that were not given. */
  readonly known: readonly string[]
}

/** The part of a request's JSON that decisions look at, and the names of the rest. */
export interface RequestJson {
  readonly content: Content
  readonly unread: readonly UnreadField[]
}

/** JSON that is no request of the method, said so that a person can mend it. */
export class InvalidRequestJson extends Error {
  override readonly name = 'InvalidRequestJson'
}

/**
 * Reads a request in protobuf's JSON, with names in camel case or as the `.proto` files have them. Only the
 * shape's fields are kept: the rest is valid or not, but nothing is decided on it.
 * <https://protobuf.dev/programming-guides/json/>
 *
 * @throws {InvalidRequestJson} where a field that counts is of the wrong kind.
 */
export function readRequestJson(shape: Shape, json: unknown): RequestJson {
  const unread: UnreadField[] = []
  return { content: readObject(shape, json, '', unread), unread }
}

function readObject(shape: Shape, json: unknown, path: string, unread: UnreadField[]): Content {
  if (!isObject(json)) throw wrongKind(path, 'an object', json)
  const content: Record<string, Content[string]> = {}
  const fields = new Map([...shape.values()].map((field) => [field.name, field]))
  const given = Object.entries(json).map(([name, value]) => ({ name, key: snakeCase(name), value }))
  const missing = [...fields.keys()].filter((name) => given.every(({ key }) => key !== name))
  for (const { name, key, value } of given) {
    const here = path === '' ? name : `${path}.${name}`
    const field = fields.get(key)
    if (field === undefined) {
      unread.push({ path: here, name, known: missing.map(camelCase) })
    } else if (Object.hasOwn(content, key)) {
      throw new InvalidRequestJson(`${here} is given twice; keep one of its two spellings`)
    } else if (value !== null) {
      content[key] = readField(field, value, here, unread)
    }
  }
  return content
}

function readField(
  field: Field,
  value: unknown,
  path: string,
  unread: UnreadField[],
): Content[string] {
  switch (field.kind) {
    case 'string':
      if (typeof value !== 'string') throw wrongKind(path, 'text', value)
      return value
    case 'varint':
      return numberOf(value, path)
    case 'bytes':
      if (typeof value !== 'string') throw wrongKind(path, 'bytes as base64 text', value)
      return value === '' ? undefined : true
    case 'presence':
      return presenceOf(value, path)
    case 'message': {
      const shape = field.shape ?? new Map()
      if (!field.repeated) return readObject(shape, value, path, unread)
      if (!Array.isArray(value)) throw wrongKind(path, 'a list', value)
      return value.map((one, at) => readObject(shape, one, `${path}[${at}]`, unread))
    }
  }
}

/** Of these messages only their being there counts, as often as they are there. */
function presenceOf(value: unknown, path: string): readonly Content[] | Content {
  if (Array.isArray(value)) return value.map(() => ({}))
  if (!isObject(value)) throw wrongKind(path, 'an object or a list', value)
  return {}
}

/** TaskQueueKind, the one enum that is read; JSON may have the name or the number. */
const enumValues: ReadonlyMap<unknown, number> = new Map([
  ['TASK_QUEUE_KIND_UNSPECIFIED', 0],
  ['TASK_QUEUE_KIND_NORMAL', 1],
  ['TASK_QUEUE_KIND_STICKY', 2],
  ['TASK_QUEUE_KIND_WORKER_COMMANDS', 3],
])

/** Zero and false are what is left out, and a strict reader would not miss them. */
function numberOf(value: unknown, path: string): number | undefined {
  const number = typeof value === 'boolean' ? Number(value) : (enumValues.get(value) ?? value)
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > 0xffffffff)
    throw wrongKind(path, 'true, false, a whole number or the name of an enum value', value)
  return number === 0 ? undefined : number
}

function wrongKind(path: string, expected: string, value: unknown): InvalidRequestJson {
  const found = Array.isArray(value) ? 'a list' : value === null ? 'null' : typeof value
  const whole = path === '' ? 'the request' : `${path} in the request`
  return new InvalidRequestJson(`${whole} must be ${expected}, not ${found}`)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function snakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function camelCase(name: string): string {
  return name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
