import { LRUCache } from 'lru-cache'
import type { Identity } from '../core/identity.ts'
import type { KeySet } from './key-set.ts'
import type { VerificationKey } from './verification-key.ts'

/** An identity, and what it stands on: it is good only while its key is. */
interface VerifiedIdentity {
  readonly identity: Identity
  readonly keySet: KeySet
  readonly key: VerificationKey
}

/** Identities of tokens that were verified, by the digest of the whole token. */
export interface IdentityCache {
  readonly find: (tokenDigest: string, at: number) => Identity | undefined
  readonly keep: (verified: VerifiedIdentity, at: number) => void
}

/**
 * Spares callers with many calls a signature check for each. Only successes are kept, and a hit is as
 * good as a check: it ends with the token, with its key's withdrawal, and with the keys' own age limit.
 */
export function createIdentityCache({
  entriesMax,
}: {
  readonly entriesMax: number
}): IdentityCache {
  const entries = new LRUCache<string, VerifiedIdentity>({ max: entriesMax })
  return {
    find(tokenDigest, at) {
      const entry = entries.get(tokenDigest)
      if (entry === undefined) return undefined
      const standing = entry.keySet.standingOf(entry.key, at)
      if (at < entry.identity.expiresAt && standing !== 'gone') {
        const { identity } = entry
        const staleKeys = standing === 'stale'
        return identity.staleKeys === staleKeys ? identity : { ...identity, staleKeys }
      }
      entries.delete(tokenDigest)
      return undefined
    },
    keep(verified, at) {
      // Within the skew a token is accepted after its end, but each time on its own merits.
      const { tokenDigest, expiresAt } = verified.identity
      if (at < expiresAt) entries.set(tokenDigest, verified)
    },
  }
}
