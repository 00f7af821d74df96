import { generateKeyPair, randomUUID, sign, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'

/** JSON members by name; `undefined` takes a default away. */
export type Members = Readonly<Record<string, unknown>>

/** How an issuer can misbehave. `other_issuer` sends a discovery document about somebody else. */
export type Failure =
  | 'none'
  | 'error'
  | 'hang'
  | 'disconnect'
  | 'redirect'
  | 'garbage'
  | 'oversized'
  | 'empty'
  | 'other_issuer'

/** A key pair of an issuer, published or not. */
export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

export interface IssuerOptions {
  /** The audience of minted tokens. */
  readonly audience?: string
  /** Milliseconds since the epoch; the times of minted tokens go by it. */
  readonly now?: () => number
  /** Serves over TLS with this certificate, in PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** A path that the issuer's url ends in, such as `/gitlab` or `/`. */
  readonly path?: string
  /** The id of the first key; its thumbprint unless given. */
  readonly kid?: string
}

export interface MintOptions {
  /** Merged into the header; `undefined` takes a member away. */
  readonly header?: Members
  /** The key that signs; the newest one unless given. Its kid goes into the header. */
  readonly key?: SigningKey
  /** Seconds from now to `exp`; 3600 unless given. */
  readonly expiresInS?: number
  /** Makes the signature in some other way than RS256. */
  readonly sign?: (input: string) => Buffer
  /** The very JSON to sign, instead of the claims. */
  readonly payload?: string
  /** The claim set of `test/fixtures/gitlab-claims.json` to start from. */
  readonly from?: string
}

/** A small issuer shaped like GitLab that can be told to misbehave. */
export interface TestIssuer {
  readonly url: string
  readonly audience: string
  readonly jwksUri: string
  /** The newest key. */
  readonly key: () => SigningKey
  /** Makes a token: fresh times and `jti`, the claims of a push to a protected branch, then overrides. */
  readonly mint: (claims?: Members, options?: MintOptions) => string
  /** Publishes a new key beside the others, and signs with it from now on. */
  readonly rotate: (kid?: string) => Promise<SigningKey>
  /** No longer publishes the keys with this id; tokens can still be signed with them. */
  readonly withdraw: (kid: string) => void
  /** Publishes something else than keys that were made here. */
  readonly publish: (jwk: Members) => void
  readonly fail: (how: Failure) => void
  /** Serves this text instead of the discovery document. */
  readonly discover: (document: string) => void
  /** Requests so far, by what they asked for. */
  readonly requests: { discovery: number; keys: number; other: number }
  /** The headers of the last request. */
  readonly lastHeaders: () => IncomingMessage['headers']
  /** The public keys as they are served. */
  readonly jwks: () => { readonly keys: readonly Members[] }
  readonly close: () => Promise<void>
}

/** The eight claim sets of GitLab tokens, by name. */
export const gitlabClaimSets: ReadonlyMap<string, Members> = new Map(
  (
    JSON.parse(
      readFileSync(new URL('../fixtures/gitlab-claims.json', import.meta.url), 'utf8'),
    ) as { name: string; claims: Members }[]
  ).map(({ name, claims }) => [name, claims]),
)

/** Makes an RSA key pair; the id is its thumbprint unless given. */
export async function makeSigningKey(kid?: string, modulusLength = 2048): Promise<SigningKey> {
  const pair = await promisify(generateKeyPair)('rsa', { modulusLength })
  const thumbprint = await calculateJwkThumbprint(await exportJWK(pair.publicKey))
  return { kid: kid ?? thumbprint, ...pair }
}

/** Puts a compact token together without asking whether it makes sense. */
export function signToken(
  header: Members,
  payload: string,
  signature: (input: string) => Buffer,
): string {
  const input = `${base64url(JSON.stringify(header))}.${base64url(payload)}`
  return `${input}.${signature(input).toString('base64url')}`
}

/** Starts an issuer on a free port of the loopback interface. */
export async function startIssuer(options: IssuerOptions = {}): Promise<TestIssuer> {
  const { audience = 'https://sallyport.test', now = Date.now, tls, path = '' } = options
  const requests = { discovery: 0, keys: 0, other: 0 }
  let published: Members[] = []
  let newest = await makeSigningKey(options.kid)
  let failure: Failure = 'none'
  let discovery: string | undefined
  let headers: IncomingMessage['headers'] = {}

  const add = async (key: SigningKey): Promise<void> => {
    published.push(await publicJwk(key))
    newest = key
  }
  await add(newest)

  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    headers = request.headers
    const what = kindOf(request.url)
    requests[what]++
    if (misbehave(failure, response)) return
    if (what === 'keys') sendJson(response, { keys: published })
    else if (discovery === undefined) sendJson(response, { issuer: url, jwks_uri: jwksUri })
    else response.end(discovery)
  }
  const server = tls ? createSecureServer(tls, answer) : createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const url = `${origin}${path}`
  const base = path.replace(/\/$/, '')
  const keysPath = `${base}/oauth/discovery/keys`
  const jwksUri = `${origin}${keysPath}`
  const kindOf = (asked: string | undefined): keyof typeof requests => {
    if (asked === keysPath) return 'keys'
    return asked === `${base}/.well-known/openid-configuration` ? 'discovery' : 'other'
  }

  return {
    url,
    audience,
    jwksUri,
    key: () => newest,
    mint(claims = {}, mint = {}) {
      const key = mint.key ?? newest
      const iat = Math.floor(now() / 1000)
      const times = { iat, nbf: iat - 5, exp: iat + (mint.expiresInS ?? 3600), jti: randomUUID() }
      const set = gitlabClaimSets.get(mint.from ?? 'protected-branch-push')
      const payload = { ...set, ...times, iss: url, aud: audience, ...claims }
      const header = { alg: 'RS256', typ: 'JWT', kid: key.kid, ...mint.header }
      const signature =
        mint.sign ?? ((input: string) => sign('RSA-SHA256', Buffer.from(input), key.privateKey))
      return signToken(header, mint.payload ?? JSON.stringify(payload), signature)
    },
    async rotate(kid) {
      const key = await makeSigningKey(kid)
      await add(key)
      return key
    },
    withdraw(kid) {
      published = published.filter((jwk) => jwk['kid'] !== kid)
    },
    publish(jwk) {
      published.push(jwk)
    },
    fail(how) {
      failure = how
    },
    discover(document) {
      discovery = document
    },
    requests,
    lastHeaders: () => headers,
    jwks: () => ({ keys: published }),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The JSON Web Key that an issuer publishes for a key pair. */
export async function publicJwk({ kid, publicKey }: SigningKey): Promise<JWK & Members> {
  return { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'RS256' }
}

/** Answers badly, or says that the issuer is to answer well. */
function misbehave(failure: Failure, response: ServerResponse): boolean {
  switch (failure) {
    case 'none':
      return false
    case 'hang':
      return true
    case 'disconnect':
      response.destroy()
      return true
    case 'error':
      response.writeHead(500).end('{"keys":[]}')
      return true
    case 'redirect':
      response.writeHead(302, { location: '/oauth/discovery/keys' }).end()
      return true
    case 'garbage':
      response.end('<html>502 Bad gateway</html>')
      return true
    case 'oversized':
      response.end(JSON.stringify({ keys: [], padding: 'x'.repeat(300 * 1024) }))
      return true
    case 'empty':
      return sendJson(response, { keys: [] })
    case 'other_issuer':
      return sendJson(response, {
        issuer: 'https://elsewhere.example',
        jwks_uri: 'https://elsewhere.example/keys',
      })
  }
}

function sendJson(response: ServerResponse, document: object): boolean {
  // What GitLab sends, and why the proxy must ask caches not to use it.
  response.setHeader('cache-control', 'public, max-age=86400, must-revalidate')
  response.setHeader('content-type', 'application/json').end(JSON.stringify(document))
  return true
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url')
}
