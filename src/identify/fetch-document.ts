import { request, type Dispatcher } from 'undici'

/** Largest answer that is read. GitLab's key set is below 4 KiB. */
const bytesMax = 256 * 1024

/** What to fetch, over whose connections, and until when. */
export interface DocumentRequest {
  readonly url: string
  readonly dispatcher: Dispatcher
  readonly signal: AbortSignal
}

/**
 * Fetches a small text. Throws for every status but 200: a redirect would let whoever answers choose
 * another issuer. Caches on the way are told to ask again, as GitLab lets them keep keys for a day.
 */
export async function fetchDocument({ url, dispatcher, signal }: DocumentRequest): Promise<string> {
  const headers = { accept: 'application/json', 'cache-control': 'no-cache' }
  const { statusCode, body } = await request(url, { dispatcher, signal, headers })
  if (statusCode !== 200) {
    // Destroying a body that was not read makes it emit an error, which nobody would be there to hear.
    body.on('error', () => undefined).destroy()
    throw new Error(`${url} answered ${statusCode}; only 200 is accepted`)
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > bytesMax) throw new Error(`${url} answered more than ${bytesMax} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
