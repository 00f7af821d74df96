import type { EntryBody } from './audit-entry.ts'

/** Keys of an issuer were fetched. Ids of keys are printable and short. */
export interface KeysFetched {
  readonly kind: 'keys_fetched'
  readonly issuer: string
  /** How many there are. */
  readonly keys: number
  readonly added: readonly string[]
  readonly withdrawn: readonly string[]
  /** Whether the fetch before this one failed. */
  readonly isRecovered: boolean
}

/** Keys of an issuer could not be fetched. */
export interface KeysNotFetched {
  readonly kind: 'fetch_failed'
  readonly issuer: string
  readonly detail: string
  /** Whether the fetch before this one failed as well. */
  readonly isRepeated: boolean
}

/** What else becomes known about an issuer; it changes nothing about who is accepted. */
export interface OtherIssuerNews {
  readonly kind: 'key_added' | 'key_withdrawn' | 'claim_unknown' | 'claim_mistyped'
}

/** Ids that an entry lists of each kind: an issuer has two or three, and an entry stays under 64 KiB. */
const idsMax = 100

/**
 * The entry about keys of an issuer, since they decide whose tokens are accepted: when they changed, when
 * fetching them began to fail, and when it worked again. Undefined where nothing of that happened.
 * `at` is in milliseconds since the epoch.
 */
export function issuerKeysEntry(
  event: KeysFetched | KeysNotFetched | OtherIssuerNews,
  at: number,
): EntryBody | undefined {
  const common = { time: new Date(at).toISOString(), kind: 'issuer_keys' } as const
  if (event.kind === 'fetch_failed') {
    const { issuer, detail, isRepeated } = event
    return isRepeated ? undefined : { ...common, issuer, outcome: 'failed', detail }
  }
  if (event.kind !== 'keys_fetched') return undefined
  const { issuer, keys, added, withdrawn, isRecovered } = event
  if (added.length === 0 && withdrawn.length === 0 && !isRecovered) return undefined
  return {
    ...common,
    issuer,
    outcome: 'allowed',
    ...(added.length > 0 && { added: listed(added) }),
    ...(withdrawn.length > 0 && { withdrawn: listed(withdrawn) }),
    key_count: keys,
  }
}

function listed(ids: readonly string[]): readonly string[] {
  if (ids.length <= idsMax) return ids
  return [...ids.slice(0, idsMax), `… (${ids.length - idsMax} more)`]
}
