import { openAuditTrail } from './audit-trail.ts'
import type { Settings } from './config/settings.ts'
import type { Policy } from './core/policy.ts'
import { createUpstream } from './forward/upstream.ts'
import { createIdentifier } from './identify/identify.ts'
import { createGateway } from './listen/gateway.ts'
import { readCall } from './listen/read-call.ts'
import { refuse } from './listen/refuse.ts'
import type { Logger } from './log.ts'
import { createCallCount } from './call-count.ts'
import { createMetrics } from './ops/metrics.ts'
import { createOpsServer } from './ops/server.ts'
import { createPolicies } from './policies.ts'
import { createProxy } from './proxy.ts'
import { newDecisionId } from './record/decision-id.ts'
import { createReviewService } from './review-service.ts'
import { serviceChecks } from './service-checks.ts'

export interface ServiceParts {
  readonly settings: Settings
  /** What is in force at the start; the file that the settings name takes its place when it changes. */
  readonly policy: Policy
  readonly log: Logger
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly now?: () => number
  readonly version: string
  /** `sha256:` and the hex digest of the service file. */
  readonly configHash?: string | undefined
  /** The version of Node. */
  readonly runtime?: string
  /** How long calls in flight may take to end once the service is told to stop. */
  readonly drainTimeoutMs?: number
}

export interface Service {
  readonly address: { readonly host: string; readonly port: number }
  readonly opsAddress: { readonly host: string; readonly port: number }
  /** Refuses new calls, lets those in flight end within a bound, and closes the journal last. */
  readonly stop: () => Promise<void>
  /** Looks at the policy files now. A policy that cannot be used leaves the one in force. */
  readonly reload: () => Promise<void>
}

/** Under the grace period of 30 s that Kubernetes and systemd give by default. */
const drainTimeoutDefaultMs = 25_000

/** What ends a part that has begun. */
type End = () => void | Promise<void>

/**
 * Wires the parts together and starts them. An upstream or an issuer that is away does not keep the
 * service from starting; a journal that cannot be written does. A start that fails leaves nothing open.
 *
 * @throws when the journal cannot be opened, a file cannot be read, or an address is taken.
 */
export async function startService(parts: ServiceParts): Promise<Service> {
  const ends: End[] = []
  const stop = async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  }
  try {
    return { ...(await startParts(parts, ends)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Starts one part after the other. How each ends is kept in `ends`, to be done in reverse. */
async function startParts(parts: ServiceParts, ends: End[]): Promise<Omit<Service, 'stop'>> {
  const { settings, policy, log, now = Date.now, version } = parts
  const calls = createCallCount()
  const upstream = createUpstream({ upstream: settings.upstream, log })
  ends.push(upstream.close)
  const identifier = createIdentifier({
    issuers: settings.issuers,
    log,
    now,
    onKeys(event) {
      metrics.keys(event)
      trail.issuerNews(event)
    },
  })
  ends.push(identifier.close)
  const { audit } = settings
  const { configHash, runtime } = parts
  const startFields = { config_hash: configHash, policy_hash: policy.hash, node: runtime }
  const trail = await openAuditTrail({ audit, version, startFields, log, now })
  ends.push(trail.close)
  const { journal, recorder } = trail
  const metrics = createMetrics({
    version,
    callsInFlight: calls.inFlight,
    issuers: identifier.status,
    journalTrouble: journal.trouble,
    journal: journal.state,
    exports: trail.exports,
    witnesses: trail.witnesses,
    policies: () => policies.state(),
    wire: { callers: () => gateway.state(), upstream: upstream.state },
  })
  const policies = await createPolicies({ ...parts, now, journal, metrics: metrics.policy })
  ends.push(policies.close)
  const handle = createProxy({
    admit: calls.admit,
    identify: identifier.identify,
    readCall,
    policy: policies.current,
    shadow: policies.compare,
    recorder,
    forward: upstream.forward,
    refuse,
    newDecisionId,
    now,
    elapsed: () => performance.now(),
    observe: metrics.call,
  })
  const checks = serviceChecks({ calls, upstream, identifier, journal, policies })
  const common = { ...parts, now, identifier, journal, policy: policies.current }
  const review = createReviewService(common)
  ends.push(review.close)
  const plugins = [review.plugin]
  const ops = createOpsServer({ ...common, ...settings.ops, checks, metrics, plugins })
  ends.push(ops.stop, calls.settled)
  const gateway = createGateway({
    listen: settings.listen,
    handle: (arrival, answer) => calls.count(handle(arrival, answer)),
    isServing: () => !calls.isDraining(),
    observe: metrics.wire.refused,
    log,
  })
  ends.push(gateway.stop, () => calls.drain(parts.drainTimeoutMs ?? drainTimeoutDefaultMs))
  void identifier.start()
  const opsAddress = await ops.start()
  const address = await gateway.start()
  log.info({ address, ops: opsAddress, policy_hash: policy.hash, version }, 'serving')
  return { address, opsAddress, reload: policies.reload }
}
