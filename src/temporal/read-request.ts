import type { Call, Metadata } from '../core/call.ts'
import type { Method } from '../core/method.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import { factsOf, needsOf } from './needs.ts'
import { objectionsTo } from './objections.ts'
import { readMessage, textAt } from './reading.ts'
import { requestShapes } from './request-shapes.ts'
import { MalformedMessage } from './wire-reader.ts'

export interface Request {
  readonly method: Method
  readonly message: Uint8Array
  readonly metadata: Metadata
  readonly deadline: number | undefined
}

/** Reads what the policy must know of a request, or says in which way it is malformed. */
export function readRequest(request: Request): Call | Refusal {
  const { method, message } = request
  const shape = requestShapes[method.name]
  if (shape === undefined) return refusal('method_unknown', `${method.name} has no shape`)
  try {
    const reading = readMessage(message, shape)
    return {
      ...request,
      namespace: textAt(reading, 'namespace'),
      needs: needsOf(method, shape, reading),
      facts: factsOf(reading),
      objections: objectionsTo(method, reading),
    }
  } catch (error) {
    if (error instanceof MalformedMessage) return refusal('message_malformed', error.message)
    throw error
  }
}
