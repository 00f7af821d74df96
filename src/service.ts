import { hostname } from 'node:os'
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
import { createProxy } from './proxy.ts'
import { newDecisionId } from './record/decision-id.ts'
import { openJournal } from './record/journal.ts'
import { createRecorder } from './record/recorder.ts'
import { serviceChecks } from './service-checks.ts'

export interface ServiceParts {
  readonly settings: Settings
  readonly policy: Policy
  readonly log: Logger
  /** Milliseconds since the epoch; the system's clock unless given. */
  readonly now?: () => number
  readonly version: string
  /** How long calls in flight may take to end once the service is told to stop. */
  readonly drainTimeoutMs?: number
}

export interface Service {
  readonly address: { readonly host: string; readonly port: number }
  readonly opsAddress: { readonly host: string; readonly port: number }
  /** Refuses new calls, lets those in flight end within a bound, and closes the journal last. */
  readonly stop: () => Promise<void>
}

/** Under the grace period of 30 s that Kubernetes and systemd give by default. */
const drainTimeoutDefaultMs = 25_000

/**
 * Wires the parts together and starts them. An upstream or an issuer that is away does not keep the
 * service from starting; a journal that cannot be written does.
 *
 * @throws when the journal cannot be opened, a file cannot be read, or an address is taken.
 */
export async function startService(parts: ServiceParts): Promise<Service> {
  const { settings, policy, log, now = Date.now, version } = parts
  const calls = createCallCount()
  const upstream = createUpstream({ upstream: settings.upstream, log })
  const identifier = createIdentifier({
    issuers: settings.issuers,
    log,
    now,
    onKeys: (event) => metrics.keys(event),
  })
  const journal = await openJournal({
    ...settings.audit,
    replica: hostname(),
    version,
    startFields: { policy_hash: policy.hash },
    log,
    now,
  })
  const metrics = createMetrics({
    version,
    callsInFlight: calls.inFlight,
    issuers: identifier.status,
    journalTrouble: journal.trouble,
    policyHash: () => policy.hash,
  })
  const handle = createProxy({
    admit: calls.admit,
    identify: identifier.identify,
    readCall,
    policy: () => policy,
    recorder: createRecorder({ journal }),
    forward: upstream.forward,
    refuse,
    newDecisionId,
    now,
    elapsed: () => performance.now(),
    observe: metrics.call,
  })
  const gateway = createGateway({
    listen: settings.listen,
    handle: (arrival, answer) => calls.count(handle(arrival, answer)),
    isServing: () => !calls.isDraining(),
    log,
  })
  const checks = serviceChecks({ calls, upstream, identifier, journal })
  const ops = createOpsServer({ ...settings.ops, checks, metrics })

  const stop = async () => {
    await calls.drain(parts.drainTimeoutMs ?? drainTimeoutDefaultMs)
    await gateway.stop()
    await calls.settled()
    upstream.close()
    await identifier.close()
    await journal.close()
    await ops.stop()
  }
  try {
    void identifier.start()
    const opsAddress = await ops.start()
    const address = await gateway.start()
    log.info({ address, ops: opsAddress, policy_hash: policy.hash, version }, 'serving')
    return { address, opsAddress, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
