import type { IssuerSettings } from '../config/settings.ts'
import type { Identity } from '../core/identity.ts'
import type { Refusal } from '../core/refusal.ts'
import { createClaimWatch } from './claim-watch.ts'
import { readClaims, type ReadClaims } from './claims/claim-table.ts'
import { identityOf } from './identity-of.ts'
import { issuerKinds, type IssuerKind } from './issuer-kind.ts'
import { KeySet, type KeySetParts } from './key-set.ts'
import { createKeySource } from './key-source.ts'
import type { VerifiedToken } from './verified-token.ts'

/** One configured issuer: its settings, what its kind says, its keys, and how its tokens read. */
export interface Issuer {
  readonly settings: IssuerSettings
  readonly kind: IssuerKind
  readonly keySet: KeySet
  /** Makes an identity of a verified token. */
  readonly describe: (facts: TokenFacts) => Identity | Refusal
  /** Reports claims that no table of the issuer expects. */
  readonly watchClaims: (read: Omit<ReadClaims, 'lists'>) => void
  readonly status: () => IssuerStatus
}

/** A verified token, and what an identity shows beside its claims. */
interface TokenFacts {
  readonly verified: VerifiedToken
  readonly tokenDigest: string
  readonly staleKeys: boolean
}

/** The state of an issuer's keys, for readiness. */
export interface IssuerStatus {
  readonly name: string
  /** Whether tokens of this issuer can be verified at all. */
  readonly usable: boolean
  /** Whether its keys are older than they should be. */
  readonly stale: boolean
  /** What is wrong, in a sentence; absent when the last fetch went well. */
  readonly detail: string | undefined
}

/** What every issuer is given. */
export type IssuerParts = Pick<KeySetParts, 'now' | 'schedule' | 'report'>

/** Creates the configured issuers, by url. Throws where two have the same one. */
export function createIssuers(
  issuers: readonly IssuerSettings[],
  parts: IssuerParts,
): ReadonlyMap<string, Issuer> {
  const byUrl = new Map<string, Issuer>()
  for (const settings of issuers) {
    const other = byUrl.get(settings.url)?.settings.name
    if (other !== undefined) {
      throw new Error(
        `the issuers ${other} and ${settings.name} have the same url ${settings.url}; remove one of them`,
      )
    }
    byUrl.set(settings.url, createIssuer(settings, parts))
  }
  return byUrl
}

function createIssuer(settings: IssuerSettings, parts: IssuerParts): Issuer {
  const kind = issuerKinds[settings.kind]
  const { name, staleKeysMaxMs } = settings
  const { algorithms } = kind
  const source = createKeySource(settings)
  const keySet = new KeySet({ issuer: name, source, algorithms, staleKeysMaxMs, ...parts })
  const watchClaims = createClaimWatch({ issuer: name, report: parts.report })
  return {
    settings,
    kind,
    keySet,
    watchClaims,
    describe({ verified, tokenDigest, staleKeys }) {
      const { payload, subject, expiresAt } = verified
      const read = readClaims(kind.claims, payload)
      watchClaims(read)
      return identityOf({ settings, read, subject, tokenDigest, expiresAt, staleKeys })
    },
    status() {
      const { standing, detail } = keySet.status()
      return { name, usable: standing !== 'gone', stale: standing === 'stale', detail }
    },
  }
}
