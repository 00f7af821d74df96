import { readFile } from 'node:fs/promises'
import { Agent, request, type Dispatcher } from 'undici'
import { DeliveryFailure } from './delivery-failure.ts'

export interface HttpPostOptions {
  readonly url: string
  readonly caFile: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly timeoutMs?: number
}

/** An answer with a status of 200 to 299. */
export interface HttpAnswer {
  readonly contentType: string
  /** Undefined where it is longer than 64 KiB, or was broken off. */
  readonly body: Buffer | undefined
}

/** Posts to one address. */
export interface HttpPost {
  /** Resolves once the other side has answered 2xx. Rejects with a reason that is safe to show. */
  readonly send: (
    headers: Readonly<Record<string, string>>,
    body: Uint8Array,
    signal: AbortSignal,
  ) => Promise<HttpAnswer>
  readonly close: () => Promise<void>
}

const timeoutDefaultMs = 10_000
const answerBytesMax = 64 * 1024

/** Creates a poster. The CA bundle is read for each connection after a failure. */
export function createHttpPost(options: HttpPostOptions): HttpPost {
  const { url, caFile, now, timeoutMs = timeoutDefaultMs } = options
  // Not the whole address: a path may hold what only its receiver is to know.
  const { origin } = new URL(url)
  let agent: Agent | undefined

  async function disconnect(): Promise<void> {
    const old = agent
    agent = undefined
    await old?.destroy()
  }

  async function failed(error: Error): Promise<never> {
    await disconnect()
    throw error.name === 'TimeoutError'
      ? new DeliveryFailure(`${origin} did not answer within ${timeoutMs / 1000} s`)
      : new DeliveryFailure(`${origin}: ${error.message}`)
  }

  return {
    async send(headers, body, signal) {
      const bound = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const post = async () => {
        agent ??= await createAgent(caFile)
        return request(url, { method: 'POST', dispatcher: agent, signal: bound, headers, body })
      }
      const answer = await post().catch(failed)
      const { statusCode, headers: answered } = answer
      if (statusCode >= 200 && statusCode < 300) {
        return {
          contentType: String(answered['content-type'] ?? ''),
          body: await bytesOf(answer.body),
        }
      }
      await answer.body.dump({ limit: answerBytesMax })
      throw failureOf(origin, statusCode, retryAfterMs(answered['retry-after'], now()))
    },
    close: disconnect,
  }
}

async function createAgent(caFile: string | undefined): Promise<Agent> {
  const connect = caFile === undefined ? {} : { ca: await readFile(caFile, 'utf8') }
  return new Agent({ allowH2: false, connections: 1, connect })
}

async function bytesOf(body: Dispatcher.ResponseData['body']): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      length += chunk.length
      if (length > answerBytesMax) return undefined
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks)
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
