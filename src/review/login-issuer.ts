import { readFile } from 'node:fs/promises'
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientError,
  ClientSecretBasic,
  Configuration,
  customFetch,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
  type ClientAuth,
  type CustomFetch,
  type ServerMetadata,
} from 'openid-client'
import { fetch, type RequestInit } from 'undici'
import type { LoginSettings } from '../config/audit-settings.ts'
import type { IssuerSettings } from '../config/settings.ts'
import { withDispatcher } from '../identify/discovery.ts'
import { issuerKinds } from '../identify/issuer-kind.ts'
import { printable } from '../identify/printable.ts'
import type { LoginAttempt } from './login-attempt.ts'
import { createLoginEndpoints } from './login-endpoints.ts'
import { loginRefusal, type LoginRefusal } from './login-refusal.ts'

/** The issuer as a login needs it. */
export interface LoginIssuer {
  /** Where to send the browser. */
  readonly begin: (attempt: LoginAttempt) => Promise<URL | LoginRefusal>
  /**
   * Redeems the code that the browser came back with, once its state was found to be the attempt's. The
   * id token is yet to be verified.
   */
  readonly redeem: (
    query: URLSearchParams,
    attempt: LoginAttempt,
  ) => Promise<{ readonly idToken: string } | LoginRefusal>
}

interface LoginIssuerParts {
  readonly login: LoginSettings
  readonly issuer: IssuerSettings
  readonly now: () => number
}

/** One answer of the issuer takes no longer. */
const timeoutSeconds = 10

/** Anybody can begin logins and send made-up codes, so this bounds what they can make us ask the issuer. */
const exchangesMax = 16

/** Creates the client's side of the authorization code flow: OpenID Connect Core 1.0, section 3.1, with PKCE. */
export function createLoginIssuer({ login, issuer, now }: LoginIssuerParts): LoginIssuer {
  const endpoints = createLoginEndpoints({ issuer, now })
  const redirectUri = new URL(`${login.url}/review/callback`)
  let exchanges = 0

  async function exchange(query: URLSearchParams, attempt: LoginAttempt) {
    const secret = (await readFile(login.clientSecretFile, 'utf8')).trim()
    const server = await endpoints()
    return await withDispatcher(issuer.caFile, async (dispatcher) => {
      const auth = ClientSecretBasic(secret)
      const configuration = configure({ login, issuer, server, auth })
      const fetchOver: unknown = (url: string, options: RequestInit) =>
        fetch(url, { ...options, dispatcher })
      // Node's fetch and undici's differ in types alone; only the latter takes a CA bundle.
      configuration[customFetch] = fetchOver as CustomFetch
      const callback = new URL(redirectUri)
      callback.search = query.toString()
      const { state, nonce, verifier } = attempt
      const checks = {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
      }
      return await authorizationCodeGrant(configuration, callback, checks)
    })
  }

  return {
    async begin({ state, nonce, verifier }) {
      try {
        const configuration = configure({ login, issuer, server: await endpoints() })
        return buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri.href,
          response_mode: 'query',
          scope: 'openid',
          state,
          nonce,
          code_challenge: await calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        })
      } catch (error) {
        return whyNot(error)
      }
    },
    async redeem(query, attempt) {
      if (exchanges >= exchangesMax) {
        return loginRefusal('issuer_unavailable', `${exchanges} logins are being finished already`)
      }
      exchanges++
      const redeemed = await exchange(query, attempt).then(
        // There is one: with a nonce to look for, the library refuses an answer without.
        ({ id_token: idToken }) => ({ idToken: String(idToken) }),
        whyNot,
      )
      exchanges--
      return redeemed
    },
  }
}

interface ConfigurationParts extends Omit<LoginIssuerParts, 'now'> {
  readonly server: ServerMetadata
  readonly auth?: ClientAuth
}

function configure({ login, issuer, server, auth }: ConfigurationParts): Configuration {
  const algorithms = [...issuerKinds[issuer.kind].algorithms]
  const metadata = { ...server, id_token_signing_alg_values_supported: algorithms }
  const configuration = new Configuration(metadata, login.clientId, undefined, auth)
  configuration.timeout = timeoutSeconds
  // Addresses are https, or http on this machine: that was checked where they were found.
  if (server.issuer.startsWith('http:')) allowInsecureRequests(configuration)
  return configuration
}

/** The reason in words of our own and the issuer's error code; causes carry answers, and so tokens. */
function whyNot(error: unknown): LoginRefusal {
  if (error instanceof AuthorizationResponseError || error instanceof ResponseBodyError) {
    return loginRefusal('issuer_refused', `the issuer answered ${printable(error.error)}`)
  }
  if (error instanceof WWWAuthenticateChallengeError) {
    const detail = `the issuer answered ${error.status} to this client; check client_id and client_secret_file`
    return loginRefusal('issuer_refused', detail)
  }
  if (error instanceof ClientError && error.code !== 'OAUTH_TIMEOUT') {
    // The library's own words, in which it quotes nothing.
    const { message } = error.cause instanceof Error ? error.cause : error
    return loginRefusal('answer_invalid', printable(message, 200))
  }
  const { message, cause } = error as Error
  const words = cause instanceof Error ? `${message}: ${cause.message}` : message
  return loginRefusal('issuer_unavailable', printable(words, 200))
}
