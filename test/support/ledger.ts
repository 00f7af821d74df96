import type { Test } from 'tap'
import { startSallyport, type Entry, type RunningSallyport } from './sallyport.ts'
import { startTemporal, type Temporal } from './temporal.ts'
import { startWorker, type RunningWorker } from './worker.ts'

export const namespace = 'payments'
export const taskQueue = 'ledger'

/** Three jobs, each with what it needs: one that uses workflows, one that serves them, one that looks after the rest. */
const machines = `
  - name: ledger-pipeline
    issuer: gitlab
    match: { project_id: "48210377", ref_type: branch, ref: main, ref_protected: true }
    grants:
      - namespace: payments
        role: caller
        workflow_types: ["Ledger*"]
        task_queues: [ledger]
        workflow_ids: ["ledger-*"]
        handlers: [post, close, balance, adjust]
      - { namespace: payments, role: operator, workflow_ids: ["ledger-*"], handlers: [post] }
  - name: ledger-worker
    issuer: gitlab
    match: { project_id: "48210401", ref_type: branch, ref: main, ref_protected: true }
    grants:
      - { namespace: payments, role: worker, task_queues: [ledger] }
  - name: ledger-platform
    issuer: gitlab
    match: { project_id: "48210501", ref_type: branch, ref: main, ref_protected: true }
    grants:
      - { namespace: payments, role: scheduler }
      - { namespace: payments, role: deployer }
`

/** The projects of the three jobs. */
const projects = { pipeline: '48210377', worker: '48210401', platform: '48210501' } as const

export type LedgerJob = keyof typeof projects

export interface Ledger {
  readonly temporal: Temporal
  readonly sallyport: RunningSallyport
  readonly worker: RunningWorker
  readonly tokens: Readonly<Record<LedgerJob, string>>
  /** The decisions on one job's calls so far. */
  readonly decisions: (job: LedgerJob) => Entry[]
}

/** Starts the real server, Sallyport in front of it, and a real worker that comes in through Sallyport. */
export async function startLedger(t: Test): Promise<Ledger> {
  const temporal = await startTemporal({ namespaces: [namespace] })
  t.teardown(temporal.stop)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: temporal.address })
  const mint = (job: LedgerJob) =>
    sallyport.mint({ project_id: projects[job], job_project_id: projects[job] })
  const tokens = { pipeline: mint('pipeline'), worker: mint('worker'), platform: mint('platform') }
  const worker = await startWorker(t, { sallyport, token: tokens.worker, namespace, taskQueue })
  return {
    temporal,
    sallyport,
    worker,
    tokens,
    decisions: (job) =>
      sallyport
        .entries()
        .filter(({ kind, project_id: id }) => kind === 'decision' && id === projects[job]),
  }
}

/** The refusals among decisions, short enough to read in a failed assertion. */
export function refusalsIn(decisions: readonly Entry[]): string[] {
  return decisions
    .filter(({ outcome }) => outcome === 'refused')
    .map(({ method, code, detail, task_queue: queue }) =>
      [method, code, detail, queue].filter(Boolean).join(' '),
    )
}

/** The methods of the allowed ones among decisions. */
export function allowedIn(decisions: readonly Entry[]): Set<string> {
  return new Set(
    decisions.filter(({ outcome }) => outcome === 'allowed').map(({ method }) => String(method)),
  )
}
