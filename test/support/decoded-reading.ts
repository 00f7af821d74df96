import type { Shape } from '../../src/temporal/shape.ts'
import { decodeMessage } from './caller.ts'
import { methodOf } from './decision-parts.ts'

/** What the official decoder makes of a request, told by the same shape as Sallyport's own reading. */
export function decodedReading(method: string, bytes: Uint8Array, shape: Shape): object {
  const { path } = methodOf(method)
  const type = `${path.slice(1, path.lastIndexOf('.'))}.${method}Request`
  return project(decodeMessage(type, bytes), shape)
}

function project(decoded: Readonly<Record<string, unknown>>, shape: Shape): object {
  const sent = shape.values().flatMap((field): [string, unknown][] => {
    const name = field.name.replaceAll(/_[a-z]/g, (pair) => pair.slice(1).toUpperCase())
    const value = Object.hasOwn(decoded, name) ? decoded[name] : null
    if (value === null || (Array.isArray(value) && value.length === 0)) return []
    return [[field.name, told(value, field.kind, field.shape)]]
  })
  return Object.fromEntries(sent)
}

function told(value: unknown, kind: string, shape: Shape = new Map()): unknown {
  switch (kind) {
    case 'message':
      return Array.isArray(value)
        ? value.map((inner) => project(inner as Record<string, unknown>, shape))
        : project(value as Record<string, unknown>, shape)
    case 'bytes':
      return (value as Uint8Array).length > 0
    case 'varint':
      return typeof value === 'number' ? value >>> 0 : value
    case 'presence':
      return true
    default:
      return value
  }
}
