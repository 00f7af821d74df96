import { hash } from 'node:crypto'
import type { Identity } from '../core/identity.ts'
import { isRefusal, refusal, type Refusal } from '../core/refusal.ts'
import { checkToken, type CheckedToken } from './check-token.ts'
import { readClaims } from './claims/claim-table.ts'
import type { Issuer } from './issuer.ts'
import { printable } from './printable.ts'

/** What the id token of a login must say beside what every token must. */
export interface ExpectedLogin {
  /** Name of the issuer that the person was sent to. */
  readonly issuer: string
  /** The client id, which must be the one audience. */
  readonly audience: string
  /** What the login was begun with: a token with another one was made for another login. */
  readonly nonce: string
}

/** A person whose login holds. */
export interface VerifiedPerson {
  readonly identity: Identity
  /** Whether the key that signed is still one to trust. */
  readonly isStanding: (at: number) => boolean
}

/** Verifies the id token of a login at a time. Never rejects. */
export type PersonVerifier = (
  token: string,
  expected: ExpectedLogin,
  at: number,
) => Promise<VerifiedPerson | Refusal>

/** GitLab's live for two minutes. A login whose token took longer has been somewhere else on the way. */
const loginAgeMaxMs = 5 * 60_000

/** OpenID Connect Core 1.0, section 2; the nonce because every login here sends one. */
const requiredOfPeople: readonly string[] = ['exp', 'iat', 'sub', 'nonce']

/**
 * Creates what verifies people's logins, with the keys that CI tokens are verified with. The two kinds of
 * token exclude each other: GitLab signs both, and a job may ask for a token with any audience.
 */
export function createPersonVerifier({
  issuers,
}: {
  readonly issuers: ReadonlyMap<string, Issuer>
}): PersonVerifier {
  return async (token, { issuer: name, audience, nonce }, at) => {
    const expected = { audience, maxAgeMs: loginAgeMaxMs, required: requiredOfPeople }
    const checked = await checkToken({ token, at, issuers, expected })
    if (isRefusal(checked)) return checked
    const { issuer, verified } = checked
    const { payload } = verified
    if (issuer.settings.name !== name) {
      return refusal('issuer_unknown', `the login is of ${issuer.settings.name}, not of ${name}`)
    }
    const foreign = issuer.kind.people.foreignClaims.find((claim) => Object.hasOwn(payload, claim))
    if (foreign !== undefined) {
      const detail = `the token carries "${foreign}": it is that of a CI job, and nobody logs in with it`
      return refusal('credential_malformed', detail)
    }
    if (payload['nonce'] !== nonce) {
      return refusal('audience_mismatch', 'the token was made for another login: its nonce differs')
    }
    if (payload['azp'] !== undefined && payload['azp'] !== audience) {
      const party = typeof payload['azp'] === 'string' ? printable(payload['azp']) : 'not a string'
      return refusal('audience_mismatch', `"azp" of the token is ${party}, not ${audience}`)
    }
    const identity = identityOfPerson(checked, hash('sha256', token))
    if (isRefusal(identity)) return identity
    const { keySet } = issuer
    return {
      identity,
      isStanding: (when) => keySet.standingOf(verified.key, when) !== 'gone',
    }
  }
}

function identityOfPerson(checked: CheckedToken, tokenDigest: string): Identity | Refusal {
  const { issuer, verified, staleKeys } = checked
  const { settings, kind } = issuer
  const { subject, expiresAt, payload } = verified
  const read = readClaims(kind.people.claims, payload)
  issuer.watchClaims(read)
  const { claims, lists, mistyped } = read
  // Left out, it would open a door that a denial closes.
  const odd = mistyped.find((name) => kind.people.claims.get(name)?.set !== 'ignored')
  if (odd !== undefined) {
    const detail = `the claim "${odd}" of ${settings.name} has an unexpected JSON type`
    return refusal('credential_malformed', detail)
  }
  return {
    issuer: settings.name,
    kind: 'person',
    subject,
    principal: kind.people.principal({ issuerUrl: settings.url, subject, claims }),
    claims,
    lists,
    guards: [],
    tokenDigest,
    expiresAt,
    staleKeys,
  }
}
