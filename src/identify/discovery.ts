import { readFile } from 'node:fs/promises'
import { Agent, type Dispatcher } from 'undici'
import { fetchDocument } from './fetch-document.ts'
import { printable } from './printable.ts'

/** The members of an issuer's discovery document, of whatever type they came. */
export type Discovery = Readonly<Record<string, unknown>>

/**
 * Fetches what an issuer says about itself: OpenID Connect Discovery 1.0, section 4. Rejects where the
 * document is not about the very issuer that was asked.
 */
export async function discover(
  url: string,
  dispatcher: Dispatcher,
  signal: AbortSignal,
): Promise<Discovery> {
  const address = discoveryAddress(url)
  const text = await fetchDocument({ url: address, dispatcher, signal })
  const document = parseObject(text, address)
  if (document['issuer'] === url) return document
  throw new Error(
    `${address} is about the issuer ${printable(String(document['issuer']))}, not ${url}; the two must be equal`,
  )
}

/** Where an issuer's discovery document is. */
export function discoveryAddress(url: string): string {
  return `${url.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** Most bytes of any one answer of an issuer; who reads one may take less. */
const answerBytesMax = 1024 * 1024

/** A fresh agent for each use reads the CA bundle anew and leaves no idle connection behind. */
export async function withDispatcher<T>(
  caFile: string | undefined,
  use: (dispatcher: Dispatcher) => Promise<T>,
): Promise<T> {
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8')
  const connect = ca === undefined ? {} : { ca }
  const agent = new Agent({ allowH2: false, connect, maxResponseSize: answerBytesMax })
  try {
    return await use(agent)
  } finally {
    await agent.destroy()
  }
}

/** Throws for an address that anybody on the way could answer for. `what` is what would be had from there. */
export function requireSecure(address: string, what = 'keys are fetched'): void {
  const url = URL.parse(address)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return
  throw new Error(`${what} over https only, not from ${printable(address, 200)}`)
}

function parseObject(text: string, address: string): Discovery {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed as Discovery
  } catch {
    // The words below hold for text that is not JSON, too.
  }
  throw new Error(`${address} did not answer a JSON object`)
}

/** `URL` has already brought every spelling of an IPv4 address into four decimal parts. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
