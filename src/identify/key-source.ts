import { readFile } from 'node:fs/promises'
import { Agent, type Dispatcher } from 'undici'
import type { IssuerSettings } from '../config/settings.ts'
import { fetchDocument } from './fetch-document.ts'
import { printable } from './printable.ts'

/** Gets an issuer's key set, as JSON, from where it is now. Rejects with a reason to show. */
export type KeySource = (signal: AbortSignal) => Promise<string>

/** Chooses where an issuer's keys come from: a file, an address, or what its discovery document says. */
export function createKeySource(settings: IssuerSettings): KeySource {
  const { jwksFile, jwksUri, url, caFile } = settings
  if (jwksFile !== undefined) return (signal) => readFile(jwksFile, { encoding: 'utf8', signal })
  if (jwksUri !== undefined) {
    requireSecure(jwksUri)
    return (signal) =>
      withDispatcher(caFile, (dispatcher) => fetchDocument({ url: jwksUri, dispatcher, signal }))
  }
  requireSecure(url)
  return (signal) =>
    withDispatcher(caFile, async (dispatcher) => {
      const found = await discover(url, dispatcher, signal)
      return await fetchDocument({ url: found, dispatcher, signal })
    })
}

/** A fresh agent for each fetch reads the CA bundle anew and leaves no idle connection behind. */
async function withDispatcher(
  caFile: string | undefined,
  use: (dispatcher: Dispatcher) => Promise<string>,
): Promise<string> {
  const ca = caFile === undefined ? undefined : await readFile(caFile, 'utf8')
  const agent = new Agent({ allowH2: false, connect: ca === undefined ? {} : { ca } })
  try {
    return await use(agent)
  } finally {
    await agent.destroy()
  }
}

/** OpenID Connect Discovery 1.0, section 4: the document must be about the very issuer that was asked. */
async function discover(url: string, dispatcher: Dispatcher, signal: AbortSignal): Promise<string> {
  const address = `${url.replace(/\/$/, '')}/.well-known/openid-configuration`
  const text = await fetchDocument({ url: address, dispatcher, signal })
  const { issuer, jwks_uri: jwksUri } = parseObject(text, address)
  if (issuer !== url) {
    throw new Error(
      `${address} is about the issuer ${printable(String(issuer))}, not ${url}; the two must be equal`,
    )
  }
  if (typeof jwksUri !== 'string') throw new Error(`${address} names no "jwks_uri"`)
  requireSecure(jwksUri)
  return jwksUri
}

function parseObject(text: string, address: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>
  } catch {
    // The words below hold for text that is not JSON, too.
  }
  throw new Error(`${address} did not answer a JSON object`)
}

/** Keys that came over a connection that anybody can change would prove nothing. */
function requireSecure(address: string): void {
  const url = URL.parse(address)
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname))) return
  throw new Error(`keys are fetched over https only, not from ${printable(address, 200)}`)
}

/** `URL` has already brought every spelling of an IPv4 address into four decimal parts. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)
}
