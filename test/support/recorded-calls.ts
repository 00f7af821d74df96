import { decisionEntry, identityEntry } from '../../src/core/audit-entry.ts'
import { decide } from '../../src/core/decision.ts'
import type { Identity } from '../../src/core/identity.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { RecordedEntry } from '../../src/core/recorded-call.ts'
import { refusal } from '../../src/core/refusal.ts'
import { allowed, askedOf, ledgerPolicy } from './tested-policy.ts'

type Asked = Omit<Parameters<typeof askedOf>[0], 'expect' | 'method'>

interface Recording extends Asked {
  readonly method?: string
  readonly id?: string
  /** Milliseconds since the epoch. */
  readonly at?: number
  /** Stands for the token. */
  readonly digest?: string
  readonly policy?: Policy
}

/** The entries that a service would have written about a call: who it was, and what was decided. */
export function recordedCall(parts: Recording = {}): {
  readonly identity: RecordedEntry
  readonly decision: RecordedEntry
  readonly caller: Identity
} {
  const { id = 'd-1', at = 0, digest = 'd1', policy = ledgerPolicy, ...rest } = parts
  const asked = askedOf({
    method: 'StartWorkflowExecution',
    namespace: 'payments',
    expect: allowed,
    ...rest,
  })
  const caller = { ...asked.identity, tokenDigest: digest, expiresAt: 0 }
  const decision = decide(policy, caller, asked.call)
  const facts = { at, decisionId: id, method: asked.call.method, path: '/x', peer: '127.0.0.1' }
  const entry = decisionEntry({
    ...facts,
    identity: caller,
    call: asked.call,
    decision,
    policyHash: policy.hash,
  })
  return { identity: throughJson(identityEntry(at, caller)), decision: throughJson(entry), caller }
}

/** The entry of a call whose token had expired. */
export function expiredCall(at = 0): RecordedEntry {
  const expired = refusal('token_expired', 'a minute ago')
  const decision = decide(ledgerPolicy, expired, expired)
  const facts = { at, decisionId: 'd-0', method: undefined, path: '/x', peer: '127.0.0.1' }
  const both = { identity: expired, call: expired }
  return throughJson(decisionEntry({ ...facts, ...both, decision, policyHash: 'sha256:0123' }))
}

function throughJson(entry: object): RecordedEntry {
  return JSON.parse(JSON.stringify(entry)) as RecordedEntry
}
