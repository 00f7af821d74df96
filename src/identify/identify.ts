import { hash } from 'node:crypto'
import type { IssuerSettings } from '../config/settings.ts'
import type { Credential } from '../core/credential.ts'
import type { Identity } from '../core/identity.ts'
import { isRefusal, refusal, type Refusal } from '../core/refusal.ts'
import { rememberEach } from '../core/remember-each.ts'
import type { Logger } from '../log.ts'
import { checkToken } from './check-token.ts'
import { createIdentityCache } from './identity-cache.ts'
import { createIssuers, type IssuerStatus } from './issuer.ts'
import { logKeySetEvent, type KeySetEvent } from './key-set-event.ts'
import { createPersonVerifier, type PersonVerifier } from './person.ts'
import { printable } from './printable.ts'
import { scheduleTimer, type Schedule } from './schedule.ts'
import { refuseOversized } from './unverified-token.ts'

/** What an identifier needs. */
export interface IdentifyParts {
  readonly issuers: readonly IssuerSettings[]
  readonly log: Logger
  /** Milliseconds since the epoch, for the key sets' background work; a call brings its own time. */
  readonly now: () => number
  /** Told what becomes known about issuers, for metrics. It must not throw. */
  readonly onKeys?: (event: KeySetEvent) => void
  /** Runs background work later; real timers unless given. */
  readonly schedule?: Schedule
}

/** Turns credentials into identities. */
export interface Identifier {
  /** Verifies a credential, or says why not. Never rejects. */
  readonly identify: (credential: Credential, at: number) => Promise<Identity | Refusal>
  /** Verifies the id token of a person's login, or says why not. Never rejects, and keeps nothing. */
  readonly person: PersonVerifier
  /** The state of each issuer's keys. */
  readonly status: () => readonly IssuerStatus[]
  /** Fetches keys from now on; resolves after the first attempt of each issuer, failed or not. */
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
}

const cachedIdentitiesMax = 10_000

type Bearer = Credential & { readonly kind: 'bearer' }

/** A connection presents the same credential with each of its calls. */
const digestOf = rememberEach(({ token }: Bearer) => hash('sha256', token))

/** Creates what turns credentials into identities. Throws for issuers that cannot be told apart. */
export function createIdentifier(parts: IdentifyParts): Identifier {
  const { log, now, onKeys, schedule = scheduleTimer } = parts
  const report = (event: KeySetEvent): void => {
    logKeySetEvent(log, event)
    onKeys?.(event)
  }
  const issuers = createIssuers(parts.issuers, { now, schedule, report })
  const cache = createIdentityCache({ entriesMax: cachedIdentitiesMax })

  async function identifyToken(credential: Bearer, at: number): Promise<Identity | Refusal> {
    const { token } = credential
    const oversized = refuseOversized(token)
    if (oversized) return oversized
    const tokenDigest = digestOf(credential)
    return cache.find(tokenDigest, at) ?? (await verify(token, tokenDigest, at))
  }

  async function verify(
    token: string,
    tokenDigest: string,
    at: number,
  ): Promise<Identity | Refusal> {
    const checked = await checkToken({ token, at, issuers })
    if (isRefusal(checked)) return checked
    const { issuer, verified, staleKeys } = checked
    const identity = issuer.describe({ verified, tokenDigest, staleKeys })
    const { keySet } = issuer
    if (!isRefusal(identity)) cache.keep({ identity, keySet, key: verified.key }, at)
    return identity
  }

  return {
    async identify(credential, at) {
      switch (credential.kind) {
        case 'absent':
          return refusal('credential_missing', 'no credential was sent')
        case 'malformed':
          return refusal('credential_malformed', printable(credential.detail, 200))
        case 'bearer':
          return await identifyToken(credential, at)
      }
    },
    person: createPersonVerifier({ issuers }),
    status: () => [...issuers.values()].map((issuer) => issuer.status()),
    async start() {
      await Promise.all([...issuers.values()].map(({ keySet }) => keySet.start()))
    },
    async close() {
      await Promise.all([...issuers.values()].map(({ keySet }) => keySet.close()))
    },
  }
}
