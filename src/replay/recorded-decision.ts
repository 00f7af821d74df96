import { isCut } from '../core/audit-entry.ts'
import type { Call } from '../core/call.ts'
import type { Identity } from '../core/identity.ts'
import type { Method } from '../core/method.ts'
import { callOfEntry, type RecordedEntry } from '../core/recorded-call.ts'

/** Why a recorded call cannot be decided on again. */
export type Unreplayable =
  /** The token or the message was refused, so no policy was asked. */
  | 'before_policy'
  /** The entry with the claims of its token is not in the journals that were read. */
  | 'no_identity'
  /** The entry does not say what the call needed: an older version wrote it, or it was too long. */
  | 'no_needs'
  /** A value was too long for the journal, so a test of it could come out otherwise. */
  | 'value_cut'

/** A recorded call, as something that can be decided on again. */
export interface ReplayableCall {
  readonly identity: Identity
  readonly call: Call
}

/** Rebuilds a call from its `decision` entry and the identity that its token stands for. */
export function replayableCall(
  entry: RecordedEntry,
  identity: Identity | undefined,
  methodOf: (service: unknown, name: unknown) => Method | undefined,
): ReplayableCall | Unreplayable {
  // Both are there once a token was accepted and a message was read.
  if (entry['token_sha256'] === undefined || entry['bytes'] === undefined) return 'before_policy'
  if (identity === undefined) return 'no_identity'
  const method = methodOf(entry['service'], entry['method'])
  const call = method && callOfEntry(entry, method)
  if (call === undefined) return 'no_needs'
  return [...identity.claims.values()].some(isCut) ? 'value_cut' : { identity, call }
}
