import type { ServerMetadata } from 'openid-client'
import type { IssuerSettings } from '../config/settings.ts'
import {
  discover,
  discoveryAddress,
  requireSecure,
  withDispatcher,
  type Discovery,
} from '../identify/discovery.ts'

/** How long the issuer's addresses are used. They change with its version, if ever. */
const keptMs = 10 * 60_000

/** Anybody can begin a login, so this bounds how often an issuer that is down is asked. */
const retryMs = 5_000

const timeoutMs = 10_000

interface EndpointParts {
  readonly issuer: Pick<IssuerSettings, 'url' | 'caFile'>
  readonly now: () => number
}

/**
 * Finds out where logins of an issuer go, from the discovery document that its keys come from too. One
 * fetch at a time; the function returned rejects with a reason to show.
 */
export function createLoginEndpoints({
  issuer,
  now,
}: EndpointParts): () => Promise<ServerMetadata> {
  let held: { until: number; readonly metadata: Promise<ServerMetadata> } | undefined
  return () => {
    if (held !== undefined && now() < held.until) return held.metadata
    const fetched = { until: now() + keptMs, metadata: fetchMetadata(issuer) }
    held = fetched
    fetched.metadata.catch(() => (fetched.until = now() + retryMs))
    return fetched.metadata
  }
}

async function fetchMetadata({ url, caFile }: EndpointParts['issuer']): Promise<ServerMetadata> {
  requireSecure(url, 'people log in')
  const document = await withDispatcher(caFile, (dispatcher) =>
    discover(url, dispatcher, AbortSignal.timeout(timeoutMs)),
  )
  const address = discoveryAddress(url)
  return {
    issuer: url,
    authorization_endpoint: endpointOf(document, 'authorization_endpoint', address),
    token_endpoint: endpointOf(document, 'token_endpoint', address),
    // RFC 9207: where the issuer says that its answers name it, one that does not is somebody else's.
    authorization_response_iss_parameter_supported:
      document['authorization_response_iss_parameter_supported'] === true,
  }
}

function endpointOf(document: Discovery, name: string, address: string): string {
  const endpoint = document[name]
  if (typeof endpoint !== 'string') throw new Error(`${address} names no "${name}"`)
  requireSecure(endpoint, 'people log in')
  return endpoint
}
