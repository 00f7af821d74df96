import type { RecordedEntry } from '../../core/recorded-call.ts'
import type { RefusalCode } from '../../core/refusal.ts'
import { numberOf, textOf } from '../entry-facts.ts'

const informational = { severity_id: 1, severity: 'Informational' }
const low = { severity_id: 2, severity: 'Low' }
const medium = { severity_id: 3, severity: 'Medium' }
const high = { severity_id: 4, severity: 'High' }

/** Refusals that ordinary mistakes do not bring about: somebody forges, probes, or is locked out on purpose. */
const mediumCodes: ReadonlySet<string> = new Set<RefusalCode>([
  'issuer_unknown',
  'algorithm_refused',
  'signature_invalid',
  'denied_by_rule',
  'guard_fork_pipelines',
  'guard_agents',
  'guard_policy_jobs',
  'guard_other_tokens',
  'namespace_mismatch',
  'nested_call_refused',
])

/** A secret was about to be written into a history, or the audit itself does not work. */
const highCodes: ReadonlySet<string> = new Set<RefusalCode>([
  'credential_in_payload',
  'audit_unavailable',
])

/** How much somebody should look at an entry, in OCSF's words. What was allowed is informational. */
export function severityOf(entry: RecordedEntry) {
  const code = textOf(entry, 'code')
  if (numberOf(entry, 'dropped_entries') || (code !== undefined && highCodes.has(code))) return high
  if (code !== undefined) return mediumCodes.has(code) ? medium : low
  const { kind, outcome, action } = entry
  if (kind === 'policy' && outcome === 'refused') return medium
  if (kind === 'issuer_keys') return outcome === 'failed' ? medium : low
  if (outcome === 'unknown' || outcome === 'refused' || action === 'login_refused') return low
  // Something was repaired: a crash came before it.
  const isRepair = numberOf(entry, 'repaired_bytes') || numberOf(entry, 'closed_calls')
  return isRepair || kind === 'retention' || kind === 'signing_key' ? low : informational
}
