import { readBearerToken } from './bearer-token.ts'
import { DeliveryFailure } from './delivery-failure.ts'
import { createHttpPost } from './http-post.ts'
import type { Sink } from './sink.ts'

export interface OtlpOptions {
  /** The whole address of the logs endpoint. */
  readonly url: string
  readonly bearerFile: string | undefined
  readonly caFile: string | undefined
  readonly userAgent: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timeoutMs?: number
}

/**
 * Creates a sink that posts entries as OTLP logs, in protobuf over HTTP. A batch is taken when the
 * collector has answered so for all of its records; the token is read for each post.
 */
export function createOtlpSink(options: OtlpOptions): Sink {
  const { url, bearerFile, userAgent } = options
  const { origin } = new URL(url)
  const post = createHttpPost(options)

  return {
    async deliver(batch, signal) {
      // Loaded when it is needed: OpenTelemetry takes 24 MB, which other exports need not pay.
      const [{ encodeEntries }, { whyNotTaken }] = await Promise.all([
        import('./otlp/log-records.ts'),
        import('./otlp/answer.ts'),
      ])
      const headers = {
        'content-type': 'application/x-protobuf',
        'user-agent': userAgent,
        ...(bearerFile && { authorization: `Bearer ${await readBearerToken(bearerFile)}` }),
      }
      // A batch of followed lines is 256 KiB at most, and thus far below what collectors take.
      const answer = await post.send(headers, encodeEntries(batch), signal)
      const why = whyNotTaken(answer)
      if (why !== undefined) throw new DeliveryFailure(`${origin}: ${why}`, { isRefusal: true })
    },
    close: post.close,
  }
}
