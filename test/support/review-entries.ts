type Entry = Readonly<Record<string, unknown>>

const startedAt = Date.UTC(2026, 10, 23, 9)

/** What a journal might hold, for pages and exports: calls of some projects, some of them refused. */
export function reviewEntries(count = 40, start = startedAt): Entry[] {
  return [identity, ...Array.from({ length: count }, (_, at) => callEntries(at, start)).flat()].map(
    (entry, at) => ({ id: `01KE${at}`, seq: at + 1, prev: 'ab'.repeat(32), ...entry }),
  )
}

const digest = 'cd'.repeat(32)

const identity: Entry = {
  time: new Date(startedAt).toISOString(),
  kind: 'identity',
  token_sha256: digest,
  principal: 'gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751',
  issuer: 'gitlab',
  identity_kind: 'machine',
  subject: 'project_path:acme/payments/ledger-workers:ref_type:branch:ref:main',
  claims: { project_path: 'acme/payments/ledger-workers', ref: 'main', user_login: 'dmeyer' },
}

const projects = ['acme/payments/ledger-workers', 'acme/treasury/reports', 'acme/web/shop']
const codes = ['not_granted', 'token_expired', 'denied_by_rule']
const ends = ['completed', 'completed', 'completed', 'failed', 'cancelled']

function callEntries(at: number, start: number): Entry[] {
  const time = (ms: number) => new Date(start + at * 61_000 + ms).toISOString()
  const isRefused = at % 7 === 3
  const project = projects[at % projects.length]
  const decision = {
    time: time(0),
    kind: 'decision',
    decision_id: `d-${String(at).padStart(12, '0')}`,
    outcome: isRefused ? 'refused' : 'allowed',
    ...(isRefused
      ? { code: codes[at % codes.length], detail: 'no rule grants start in this namespace' }
      : { rule: 'ledger-main', rules: ['ledger-main'], role: 'starter' }),
    service: 'WorkflowService',
    method: at % 4 === 1 ? 'SignalWorkflowExecution' : 'StartWorkflowExecution',
    verbs: at % 4 === 1 ? ['signal'] : ['start'],
    namespace: at % 3 === 1 ? 'treasury' : 'payments',
    workflow_id: `ledger-${2_071_884_310 + at}`,
    workflow_type: 'LedgerRollup',
    task_queue: 'ledger',
    principal: `gitlab.com/${project}/-/jobs/${11_840_226_751 + at}`,
    issuer: 'gitlab',
    project_path: project,
    project_id: String(48_210_377 + (at % 3)),
    job_id: String(11_840_226_751 + at),
    ref: at % 5 === 0 ? 'release/2026-11' : 'main',
    user_login: 'dmeyer',
    token_sha256: digest,
    policy_hash: `sha256:${'77'.repeat(32)}`,
    peer: '10.4.2.17',
    bytes: 585,
  }
  if (isRefused) return [decision]
  const completion = {
    time: time(17),
    kind: 'completion',
    decision_id: decision.decision_id,
    outcome: ends[at % ends.length],
    grpc_status: at % ends.length === 3 ? 13 : 0,
    bytes: 43,
    duration_ms: 17.4 + at,
  }
  return at % 11 === 10 ? [decision] : [decision, completion]
}
