import { readFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { DeliveryFailure } from './delivery-failure.ts'
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

const timeoutDefaultMs = 10_000
/** An answer is read to its end, and not used, so that the connection can be used again. */
const answerBytesMax = 64 * 1024

/**
 * Creates a poster that signs as Standard Webhooks says. Secret and CA bundle are read when they are
 * needed: the one for each post, the other for each connection after a failure.
 */
export function createSignedPost(options: SignedPostOptions): SignedPost {
  const { url, secretFile, caFile, userAgent, now, timeoutMs = timeoutDefaultMs } = options
  // Not the whole address: a path may hold what only its receiver is to know.
  const { origin } = new URL(url)
  let agent: Agent | undefined

  async function post({ id, contentType, body }: SignedMessage, signal: AbortSignal) {
    const secrets = await readSecrets(secretFile)
    agent ??= await createAgent(caFile)
    const timestamp = Math.floor(now() / 1000)
    const answer = await request(url, {
      method: 'POST',
      dispatcher: agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: {
        'content-type': contentType,
        'user-agent': userAgent,
        ...signatureHeaders(secrets, { id, timestamp, body }),
      },
      body,
    })
    // The status says it all: this never rejects, and ends when the time is over.
    await answer.body.dump({ limit: answerBytesMax })
    return answer
  }

  async function disconnect(): Promise<void> {
    const old = agent
    agent = undefined
    await old?.destroy()
  }

  return {
    async send(message, signal) {
      const { statusCode, headers } = await post(message, signal).catch(async (error: Error) => {
        await disconnect()
        throw error.name === 'TimeoutError'
          ? new DeliveryFailure(`${origin} did not answer within ${timeoutMs / 1000} s`)
          : new DeliveryFailure(`${origin}: ${error.message}`)
      })
      if (statusCode >= 200 && statusCode < 300) return
      throw failureOf(origin, statusCode, retryAfterMs(headers['retry-after'], now()))
    },
    close: disconnect,
  }
}

async function createAgent(caFile: string | undefined): Promise<Agent> {
  const connect = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') }
  return new Agent({ allowH2: false, connections: 1, connect })
}

function failureOf(origin: string, status: number, askedMs: number | undefined): DeliveryFailure {
  const isBusy = status === 408 || status === 429 || status >= 500
  const hint = status >= 300 && status < 400 ? '; redirects are not followed' : ''
  return new DeliveryFailure(`${origin} answered ${status}${hint}`, {
    retryAfterMs: isBusy ? askedMs : undefined,
    isRefusal: !isBusy,
  })
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const text = String(header ?? '').trim()
  if (/^[0-9]{1,9}$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
