import { requestShapes } from '../src/temporal/request-shapes.ts'
import type { Shape } from '../src/temporal/shape.ts'
import { describedMethods, snake, type DescribedMethod } from './request-shapes.ts'
import { dataTypes } from './unread-fields.ts'

type Message = DescribedMethod['request']
type Descriptor = Message['fieldsArray'][number]

/** A field of a request with nothing below it, and whether the shapes read it. */
export interface RequestField {
  /** `Method/field/field`, in the API's own names. */
  readonly path: string
  /** The full name of a message's type; undefined for strings, numbers and the like. */
  readonly type: string | undefined
  readonly isRead: boolean
}

/**
 * Every field of every request at whatever depth, down to scalars, messages without fields and the
 * types of {@link dataTypes}. A message inside itself is named and not entered again.
 */
export function requestFields(): readonly RequestField[] {
  return describedMethods().flatMap(({ name, request }) =>
    fieldsOf(request, name, requestShapes[name], [request]),
  )
}

function fieldsOf(
  message: Message,
  above: string,
  shape: Shape | undefined,
  messages: readonly Message[],
): RequestField[] {
  return message.fieldsArray.flatMap((unresolved) => {
    const field = unresolved.resolve()
    const path = `${above}/${snake(field.name)}`
    const read = shape?.get(field.id)
    const type = messageTypeOf(field)
    const isEntered =
      type !== undefined &&
      type.fieldsArray.length > 0 &&
      !messages.includes(type) &&
      (read?.shape !== undefined || !(nameOf(type) in dataTypes))
    if (isEntered) return fieldsOf(type, path, read?.shape, [...messages, type])
    return [{ path, type: type && nameOf(type), isRead: read !== undefined }]
  })
}

function messageTypeOf({ resolvedType }: Descriptor): Message | undefined {
  return resolvedType && 'fieldsArray' in resolvedType ? resolvedType : undefined
}

function nameOf(type: Message): string {
  return type.fullName.slice(1)
}
