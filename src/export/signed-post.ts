import { DeliveryFailure } from './delivery-failure.ts'
import { createHttpPost } from './http-post.ts'
import { readSecrets, signatureHeaders } from './webhook-secret.ts'

export interface SignedPostOptions {
  readonly url: string
  readonly secretFile: string
  readonly caFile: string | undefined
  readonly userAgent: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timeoutMs?: number
}

/** What is posted; the same `id` comes again with the same body. */
export interface SignedMessage {
  readonly id: string
  readonly contentType: string
  readonly body: string
}

/** Posts to one address. */
export interface SignedPost {
  /** Resolves once the other side has answered 2xx. Rejects with a reason that is safe to show. */
  readonly send: (message: SignedMessage, signal: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Creates a poster that signs as Standard Webhooks says. The secret is read for each post. An answer is
 * read to its end, and not used, so that the connection can be used again.
 */
export function createSignedPost(options: SignedPostOptions): SignedPost {
  const { url, secretFile, userAgent, now } = options
  const { origin } = new URL(url)
  const { send, close } = createHttpPost(options)
  return {
    async send({ id, contentType, body }, signal) {
      const secrets = await readSecrets(secretFile).catch((error: Error) => {
        throw new DeliveryFailure(`${origin}: ${error.message}`)
      })
      const headers = {
        'content-type': contentType,
        'user-agent': userAgent,
        ...signatureHeaders(secrets, { id, timestamp: Math.floor(now() / 1000), body }),
      }
      await send(headers, Buffer.from(body), signal)
    },
    close,
  }
}
