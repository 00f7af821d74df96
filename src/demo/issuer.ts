import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose'
import { Provider } from 'oidc-provider'
import { claimsOf, jobs, tokenLifetimeSeconds, type JobName } from './jobs.ts'

/** A local OpenID provider in the place of GitLab. */
export interface Issuer {
  readonly url: string
  /** Asks for the id token of a job, over HTTP, as a runner would. */
  readonly mint: (job: JobName) => Promise<string>
  readonly stop: () => Promise<void>
}

/** Where GitLab publishes its keys; discovery points there. */
const keysPath = '/oauth/discovery/keys'
const tokenPath = '/oauth/token'

/**
 * Starts an issuer on a free loopback port. Each job is a client with a secret of this run, so a
 * token can only be had by who started the issuer.
 */
export async function startIssuer(parts: {
  readonly audience: string
  readonly now: () => number
}): Promise<Issuer> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const secret = randomUUID()
  const provider = new Provider(url, await providerConfiguration({ ...parts, url, secret }))
  server.on('request', provider.callback())
  return {
    url,
    mint: (job) => requestToken({ url, secret, job, audience: parts.audience }),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function requestToken(parts: {
  url: string
  secret: string
  job: JobName
  audience: string
}): Promise<string> {
  const { url, secret, job, audience } = parts
  const response = await fetch(`${url}${tokenPath}`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${job}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }),
  })
  const { access_token: token } = (await response.json()) as { access_token?: string }
  if (token === undefined) throw new Error(`the issuer gave no token: HTTP ${response.status}`)
  return token
}

async function providerConfiguration(parts: {
  url: string
  secret: string
  audience: string
  now: () => number
}): Promise<object> {
  const { url, secret, now } = parts
  return {
    jwks: { keys: [await signingKey()] },
    routes: { jwks: keysPath, token: tokenPath },
    clients: Object.keys(jobs).map((job) => ({
      client_id: job,
      client_secret: secret,
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    })),
    adapter: nothingStored,
    ttl: { ClientCredentials: tokenLifetimeSeconds },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context: unknown, audience: string) => ({
          audience,
          scope: '',
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    formats: {
      customizers: {
        // The library makes access tokens; GitLab's id tokens have another type and other claims.
        jwt: (_context: unknown, { clientId }: { clientId: JobName }, jwt: MutableToken) => {
          const parts = { issuer: url, audience: jwt.payload.aud, at: now() }
          jwt.header = { typ: 'JWT' }
          jwt.payload = { ...claimsOf(jobs[clientId], parts), jti: randomUUID() }
        },
      },
    },
  }
}

interface MutableToken {
  header: object
  payload: { aud: string; jti: string }
}

async function signingKey(): Promise<object> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { ...jwk, kid: await calculateJwkThumbprint(jwk), use: 'sig', alg: 'RS256' }
}

/** Signed tokens need no store, and the library warns about the one that it would make itself. */
function nothingStored() {
  return { find: async () => undefined }
}
