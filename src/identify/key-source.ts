import { readFile } from 'node:fs/promises'
import type { Dispatcher } from 'undici'
import type { IssuerSettings } from '../config/settings.ts'
import { discover, discoveryAddress, requireSecure, withDispatcher } from './discovery.ts'
import { fetchDocument } from './fetch-document.ts'

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
      const found = await findKeys(url, dispatcher, signal)
      return await fetchDocument({ url: found, dispatcher, signal })
    })
}

async function findKeys(url: string, dispatcher: Dispatcher, signal: AbortSignal): Promise<string> {
  const { jwks_uri: jwksUri } = await discover(url, dispatcher, signal)
  if (typeof jwksUri !== 'string') throw new Error(`${discoveryAddress(url)} names no "jwks_uri"`)
  requireSecure(jwksUri)
  return jwksUri
}
