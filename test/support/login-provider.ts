import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose'
import { Provider } from 'oidc-provider'

/** What GitLab would sign of somebody who logs in. */
export interface ProviderPerson {
  readonly login: string
  readonly groups: readonly string[]
}

/** A real OpenID provider, set up like GitLab's, at which a person is always signed in already. */
export interface LoginProvider {
  readonly url: string
  readonly clientId: string
  readonly clientSecret: string
  /** Who sits at the browser, by user id; nobody refuses to log in. */
  person: string | undefined
  /** What the token endpoint answers in place of the id token that it made. */
  tamper: ((idToken: string) => string | Promise<string>) | undefined
  /** Requests to the token endpoint so far, and how each presented the client. */
  readonly tokenRequests: string[]
  /** Signs any claims with the provider's key, as GitLab signs the tokens of CI jobs. */
  readonly sign: (claims: JWTPayload) => Promise<string>
  readonly close: () => Promise<void>
}

interface ProviderOptions {
  readonly redirectUri: string
  readonly people: Readonly<Record<string, ProviderPerson>>
}

/** The parts of oidc-provider that are used here; the package carries no types. */
interface KoaProvider {
  use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void
  callback(): (request: IncomingMessage, response: ServerResponse) => void
  interactionDetails(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<{ prompt: { name: string } }>
  interactionFinished(
    request: IncomingMessage,
    response: ServerResponse,
    result: object,
  ): Promise<void>
  Grant: new (parts: object) => { addOIDCScope(scope: string): void; save(): Promise<string> }
}

interface Context {
  readonly path: string
  readonly method: string
  readonly headers: IncomingMessage['headers']
  body: { id_token?: string } | undefined
}

interface GrantContext {
  oidc: {
    client: { clientId: string }
    session: { accountId: string }
    provider: KoaProvider
  }
}

const kid = 'login-key'

/** Starts a provider on a free port of the loopback interface. */
export async function startLoginProvider({
  redirectUri,
  people,
}: ProviderOptions): Promise<LoginProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), kid, use: 'sig', alg: 'RS256' }
  const clientId = 'a1b2c3'
  const clientSecret = 'gloas-such+a/secret='
  const configuration = configurationOf({ jwk, clientId, clientSecret, redirectUri, people })
  const provider = new Provider(url, configuration) as unknown as KoaProvider

  const running: LoginProvider = {
    url,
    clientId,
    clientSecret,
    person: Object.keys(people)[0],
    tamper: undefined,
    tokenRequests: [],
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(privateKey),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  provider.use(async (context, next) => {
    await next()
    if (context.path !== '/oauth/token') return
    running.tokenRequests.push(String(context.headers.authorization).split(' ')[0] ?? '')
    const { body } = context
    if (body?.id_token && running.tamper) body.id_token = await running.tamper(body.id_token)
  })
  const handle = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) handle(request, response)
    else void interact({ provider, request, response, person: running.person })
  })
  return running
}

/** Signs the person in, as a browser with a session at GitLab would be without a question. */
async function interact(parts: {
  provider: KoaProvider
  request: IncomingMessage
  response: ServerResponse
  person: string | undefined
}): Promise<void> {
  const { provider, request, response, person } = parts
  await provider.interactionDetails(request, response)
  const result = person
    ? { login: { accountId: person, remember: false } }
    : { error: 'access_denied', error_description: '<script>alert(1)</script>' }
  await provider.interactionFinished(request, response, result)
}

function configurationOf(parts: {
  jwk: object
  clientId: string
  clientSecret: string
  redirectUri: string
  people: ProviderOptions['people']
}): object {
  const { jwk, clientId, clientSecret, redirectUri, people } = parts
  return {
    jwks: { keys: [jwk] },
    routes: {
      jwks: '/oauth/discovery/keys',
      token: '/oauth/token',
      authorization: '/oauth/authorize',
    },
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [redirectUri],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    cookies: { keys: ['a test has no secrets'] },
    pkce: { required: () => true },
    // As GitLab does: the id token carries them for the scope openid.
    conformIdTokenClaims: false,
    claims: {
      openid: ['sub', 'preferred_username', 'nickname', 'email', 'email_verified', 'groups_direct'],
    },
    ttl: { IdToken: 120, AccessToken: 120, Session: 600, Interaction: 600, Grant: 600 },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        preferred_username: people[id]?.login,
        nickname: people[id]?.login,
        email: `${people[id]?.login}@acme.example`,
        email_verified: true,
        groups_direct: people[id]?.groups,
      }),
    }),
    loadExistingGrant: async ({ oidc }: GrantContext) => {
      const { client, session, provider } = oidc
      const grant = new provider.Grant({
        clientId: client.clientId,
        accountId: session.accountId,
      })
      grant.addOIDCScope('openid')
      await grant.save()
      return grant
    },
  }
}
