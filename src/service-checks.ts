import type { CallCount } from './call-count.ts'
import type { Upstream } from './forward/upstream.ts'
import type { Identifier } from './identify/identify.ts'
import type { ReadinessCheck } from './ops/readiness.ts'
import type { Policies } from './policies.ts'
import type { Journal } from './record/journal.ts'

/** What must be well before calls are sent to this replica. */
export function serviceChecks(parts: {
  readonly calls: CallCount
  readonly upstream: Upstream
  readonly identifier: Identifier
  readonly journal: Journal
  readonly policies: Pick<Policies, 'checks'>
}): readonly ReadinessCheck[] {
  const { calls, upstream, identifier, journal, policies } = parts
  const isAnyUsable = () => identifier.status().some(({ usable }) => usable)
  return [
    { name: 'running', trouble: () => (calls.isDraining() ? 'shutting down' : undefined) },
    { name: 'journal', trouble: journal.trouble },
    { name: 'upstream', trouble: upstream.trouble },
    ...identifier.status().map(({ name }): ReadinessCheck => ({
      name: `issuer ${name}`,
      trouble: () => {
        const status = identifier.status().find((candidate) => candidate.name === name)
        return status?.usable ? undefined : (status?.detail ?? 'no keys')
      },
      // Callers of the other issuers are still served.
      isVital: () => !isAnyUsable(),
    })),
    ...policies.checks,
  ]
}
