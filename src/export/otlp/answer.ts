import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { z } from 'zod'
import type { HttpAnswer } from '../http-post.ts'

/** Numbers of 64 bits are texts in JSON. */
const shape = z.object({
  partialSuccess: z
    .object({
      rejectedLogRecords: z.coerce.number().default(0),
      errorMessage: z.string().default(''),
    })
    .nullish(),
})

/**
 * Why a collector that answered 2xx has not taken all it was sent, or undefined where it has: OTLP 1.x,
 * "Partial Success". An answer that is none of OTLP's means that somebody else answered, such as a
 * login page in front of the collector. What the collector says of itself is kept short and printable.
 */
export function whyNotTaken({ contentType, body }: HttpAnswer): string | undefined {
  const answer = body && decoded(contentType, body)
  if (answer === undefined) return 'its answer is none of OTLP; see that url is that of the logs'
  const { rejectedLogRecords = 0, errorMessage = '' } = answer.partialSuccess ?? {}
  if (rejectedLogRecords === 0) return undefined
  const words = errorMessage.replaceAll(/[^ -~]/g, '?').slice(0, 200)
  return `rejected ${rejectedLogRecords} log records${words && `: ${words}`}`
}

function decoded(contentType: string, body: Buffer): z.infer<typeof shape> | undefined {
  // Some answer 200 or 204 with nothing: all of the message's fields have their defaults.
  if (body.length === 0) return {}
  try {
    return shape.parse(parsed(contentType, body))
  } catch {
    return undefined
  }
}

/** An answer is to be of the request's type, and yet some collectors answer in JSON whatever comes. */
function parsed(contentType: string, body: Buffer): unknown {
  if (/^application\/json\b/i.test(contentType)) return JSON.parse(body.toString())
  if (!/^application\/(x-)?protobuf\b/i.test(contentType)) return undefined
  return ProtobufLogsSerializer.deserializeResponse(body)
}
