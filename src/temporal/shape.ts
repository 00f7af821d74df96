/**
 * How to read a message: the fields of interest by number. Fields that are not listed are skipped,
 * after their framing has been checked. Members of a `oneof` are all listed, so that a message which
 * sets two of them is noticed.
 */
export interface Field {
  readonly name: string
  /** Of `bytes` and `presence` fields only their being there counts: bytes when not empty, others always. */
  readonly kind: 'string' | 'varint' | 'bytes' | 'presence' | 'message'
  readonly repeated: boolean
  /** Of a message. */
  readonly shape?: Shape
  /** The `oneof` that the field belongs to. */
  readonly oneof?: string
}

export type Shape = ReadonlyMap<number, Field>

/** Builds a shape from its fields by number. */
export function shape(fields: Readonly<Record<number, Field>>): Shape {
  return new Map(Object.entries(fields).map(([number, field]) => [Number(number), field]))
}

/** A string. */
export function s(name: string, oneof?: string): Field {
  return withOneof({ name, kind: 'string', repeated: false }, oneof)
}

/** A number, an enum or a boolean. */
export function v(name: string, oneof?: string): Field {
  return withOneof({ name, kind: 'varint', repeated: false }, oneof)
}

/** Bytes of which only the presence counts. */
export function b(name: string, oneof?: string): Field {
  return withOneof({ name, kind: 'bytes', repeated: false }, oneof)
}

/** A message, or a list of them, of which only the presence counts. */
export function p(name: string, oneof?: string): Field {
  return withOneof({ name, kind: 'presence', repeated: true }, oneof)
}

/** A message. */
export function m(name: string, fields: Readonly<Record<number, Field>>, oneof?: string): Field {
  return withOneof({ name, kind: 'message', repeated: false, shape: shape(fields) }, oneof)
}

/** A repeated message. */
export function r(name: string, fields: Readonly<Record<number, Field>>): Field {
  return { name, kind: 'message', repeated: true, shape: shape(fields) }
}

function withOneof(field: Field, oneof: string | undefined): Field {
  return oneof === undefined ? field : { ...field, oneof }
}
