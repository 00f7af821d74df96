import { messageOf, requestTypes } from './official-reading.ts'
import type { DescribedMethod } from '../../scripts/request-shapes.ts'

type Message = DescribedMethod['request']
type Descriptor = Message['fieldsArray'][number]
type Value = Readonly<Record<string, unknown>>

/** Requests whose every text and every run of bytes is a marker of its own. */
export interface MarkedRequests {
  /** Objects to encode, by the name of the method. */
  readonly requests: readonly { readonly method: string; readonly request: Value }[]
  /** Where each marker went, as `StartWorkflowExecution.input.payloads.data`, by its number. */
  readonly fields: ReadonlyMap<number, string>
}

/** What a marker looks like: a secret that is also somebody's e-mail address. */
export const marker = (number: number) => `s3cret-${number}-x@mail.example`

/** The beginning of all markers, with the number in a group. */
export const markers = /s3cret-(\d+)-x/g

/** So many requests in a row that reach no new field mean that there is none left. */
const idleMax = 20

/**
 * Requests of a method that reach every field of every message below it: of a oneof each member in turn,
 * messages within themselves left out. Each comes whole, and each of its outermost fields alone, since a
 * part that is refused would hide the others; one names nothing but the namespace. Fields called
 * `namespace` have the value given.
 */
export function markedRequests(names: readonly string[], namespace: string): MarkedRequests {
  const fields = new Map<number, string>()
  const requests: { method: string; request: Value }[] = []
  const turns = new Map<string, number>()
  const reached = new Set<string>()
  /** Outermost fields below which a field was reached for the first time. */
  const fresh = new Set<string>()

  function mark(path: string): string {
    if (!reached.has(path)) fresh.add(path.split('.')[1] ?? '')
    reached.add(path)
    fields.set(fields.size, path)
    return marker(fields.size - 1)
  }

  function messageAt(type: Message, path: string, above: readonly string[]): Value {
    const chosen = chosenMembers(type, path)
    const within = [...above, type.fullName]
    const pairs = type.fieldsArray.flatMap((unresolved) => {
      const field = unresolved.resolve()
      if (field.partOf && chosen.get(field.partOf.name) !== field.name) return []
      const value = valueAt(field, `${path}.${field.name}`, within)
      if (value === undefined) return []
      if (field.map) return [[field.name, { [mark(`${path}.${field.name}.key`)]: value }] as const]
      return [[field.name, field.repeated ? [value] : value] as const]
    })
    return Object.fromEntries(pairs)
  }

  function valueAt(field: Descriptor, path: string, within: readonly string[]): unknown {
    const type = messageOf(field)
    if (type) return within.includes(type.fullName) ? undefined : messageAt(type, path, within)
    if (field.type === 'bytes') return Buffer.from(mark(path))
    if (field.type !== 'string') return field.map ? 1 : undefined
    return field.name === 'namespace' ? namespace : mark(path)
  }

  /** One member of each oneof, another one each time. */
  function chosenMembers(type: Message, path: string): ReadonlyMap<string, string> {
    const oneofs = new Map(
      type.fieldsArray.flatMap(({ partOf }) => (partOf ? [[partOf.name, partOf]] : [])),
    )
    return new Map(
      [...oneofs].map(([name, { fieldsArray }]) => {
        const turn = turns.get(`${path} ${name}`) ?? 0
        turns.set(`${path} ${name}`, turn + 1)
        return [name, fieldsArray[turn % fieldsArray.length]?.name ?? '']
      }),
    )
  }

  for (const method of names) {
    const type = requestTypes.get(method)
    if (type === undefined) throw new Error(`${method} is no method`)
    const named = type.fieldsArray.some(({ name }) => name === 'namespace') ? { namespace } : {}
    requests.push({ method, request: named })
    for (let idle = 0; idle < idleMax;) {
      fresh.clear()
      const request = messageAt(type, method, [])
      idle = fresh.size > 0 ? 0 : idle + 1
      if (idle > 0) continue
      requests.push({ method, request })
      for (const name of fresh) {
        requests.push({ method, request: { ...named, [name]: request[name] } })
      }
    }
  }
  return { requests, fields }
}
