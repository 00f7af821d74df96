import { hash } from 'node:crypto'
import type { EntryBody } from '../src/core/audit-entry.ts'
import { createRandom, type Random } from '../test/support/random.ts'

interface CallStream {
  readonly calls: number
  readonly seed: number
  readonly startMs: number
  readonly spanMs: number
  readonly readLevel: 'both' | 'completion'
}

/** How many there are of each thing, for half a million calls of a company of some size. */
const projectCount = 240
const userCount = 600
const callsPerJobMax = 24
/** How many calls are under way beside one another. */
const openMax = 12

const methods: readonly (readonly [name: string, verbs: readonly string[], weight: number])[] = [
  ['StartWorkflowExecution', ['start'], 30],
  ['SignalWorkflowExecution', ['signal'], 12],
  ['QueryWorkflow', ['query'], 10],
  ['DescribeWorkflowExecution', ['read'], 16],
  ['GetWorkflowExecutionHistory', ['read'], 20],
  ['ListWorkflowExecutions', ['list'], 4],
  ['TerminateWorkflowExecution', ['terminate'], 1],
  ['RespondWorkflowTaskCompleted', ['work'], 4],
  ['GetSystemInfo', [], 3],
]
const namespaces = ['payments', 'billing', 'search', 'catalog', 'risk', 'platform', 'reporting']
const refusalCodes = [
  'not_granted',
  'not_granted',
  'not_granted',
  'token_expired',
  'denied_by_rule',
]
const strangersCodes = ['credential_missing', 'signature_invalid', 'token_expired']
const policyHash = `sha256:${hash('sha256', 'policy')}`

interface Job {
  readonly identity: Readonly<Record<string, unknown>>
  readonly fields: Readonly<Record<string, unknown>>
  readonly project: number
  callsLeft: number
  isKnown: boolean
}

/** The entries about made-up calls, in the order in which a service would have written them. */
export function* createCallStream(options: CallStream): Generator<EntryBody> {
  const { calls, startMs, spanMs, readLevel } = options
  const random = createRandom(options.seed)
  const jobs: Job[] = []
  const open: EntryBody[] = []
  for (let call = 0; call < calls; call += 1) {
    const atMs = startMs + Math.floor((call / calls) * spanMs)
    const time = new Date(atMs).toISOString()
    if (random.below(2_000) === 0) yield strangers(time, random)
    if (random.below(50_000) === 0) yield signOff(time, startMs, atMs)
    const job = jobFor(jobs, random)
    if (!job.isKnown) yield { time, kind: 'identity', ...job.identity }
    job.isKnown = true
    const decision = decisionOf({ time, job, random, call })
    if (decision['outcome'] === 'refused') {
      yield decision
      continue
    }
    const completion = completionOf(decision, atMs, random)
    if (readLevel === 'completion' && isReading(decision)) {
      yield { ...decision, ...completion, decision: 'allowed', level: 'completion' }
      continue
    }
    yield decision
    open.push(completion)
    if (open.length > random.below(openMax)) yield* open.splice(random.below(open.length), 1)
  }
  yield* open
}

/** Jobs run beside one another, and the same one makes several calls with one token. */
function jobFor(jobs: Job[], random: Random): Job {
  const at = random.below(16)
  let job = jobs[at]
  if (job === undefined || job.callsLeft === 0) {
    job = newJob(random)
    jobs[at] = job
  }
  job.callsLeft -= 1
  return job
}

function newJob(random: Random): Job {
  // The square makes some projects and people much busier than others.
  const project = Math.floor((random.below(1_000) / 1_000) ** 2 * projectCount)
  const user = Math.floor((random.below(1_000) / 1_000) ** 2 * userCount)
  const path = `group-${project % 20}/team-${project % 7}/service-${project}`
  const jobId = String(7_000_000_000 + random.below(900_000_000))
  const issuer = 'https://gitlab.example.com'
  const isMain = random.below(4) > 0
  const claims = {
    project_path: path,
    project_id: String(48_000_000 + project),
    job_project_id: String(48_000_000 + project),
    job_id: jobId,
    pipeline_id: String(1_900_000_000 + random.below(90_000_000)),
    pipeline_source: random.oneOf(['push', 'merge_request_event', 'schedule', 'web']),
    ref: isMain ? 'main' : `feature/${random.below(4_000)}-rework`,
    ref_type: 'branch',
    ref_protected: String(isMain),
    user_id: String(900_000 + user),
    user_login: `person.${user}`,
    sha: hash('sha1', jobId),
  }
  const principal = `gitlab.example.com/${path}/-/jobs/${jobId}`
  const token = hash('sha256', `token of ${jobId}`)
  return {
    project,
    callsLeft: 1 + random.below(callsPerJobMax),
    isKnown: false,
    fields: { principal, issuer: 'gitlab', ...claims, token_sha256: token },
    identity: {
      token_sha256: token,
      principal,
      issuer: 'gitlab',
      identity_kind: 'machine',
      subject: `project_path:${path}:ref_type:branch:ref:${claims.ref}`,
      guards: ['fork_pipelines'],
      expires: '2027-01-01T00:00:00.000Z',
      claims: { iss: issuer, ...claims, runner_environment: 'self-hosted', namespace_path: path },
    },
  }
}

function decisionOf(parts: {
  readonly time: string
  readonly job: Job
  readonly random: Random
  readonly call: number
}): EntryBody {
  const { time, job, random, call } = parts
  const [method, verbs] = weighted(random)
  const isRefused = random.below(25) === 0
  const namespace = namespaces[job.project % namespaces.length] ?? 'payments'
  const kind = `Workflow${job.project % 60}`
  const hasWorkflow = verbs.length > 0 && method !== 'ListWorkflowExecutions'
  const workflowId = `svc-${job.project}-order-${Math.floor(call / 3) - random.below(40)}`
  return {
    time,
    kind: 'decision',
    decision_id: `d-${hash('sha256', `decision ${call}`).slice(0, 12).toUpperCase()}`,
    outcome: isRefused ? 'refused' : 'allowed',
    ...(isRefused && { code: random.oneOf(refusalCodes), detail: 'no rule grants this' }),
    ...(!isRefused && { rule: `rule-${job.project}`, rules: [`rule-${job.project}`] }),
    ...(!isRefused && { role: 'caller' }),
    service: 'temporal.api.workflowservice.v1.WorkflowService',
    method,
    verbs,
    namespace,
    ...(hasWorkflow && { workflow_id: workflowId, task_queue: `queue-${job.project % 30}` }),
    ...(hasWorkflow && verbs[0] === 'start' && { workflow_type: kind }),
    needs: verbs.map((verb) => ({ verb, ...(hasWorkflow && { workflow_id: workflowId }) })),
    ...job.fields,
    policy_hash: policyHash,
    peer: `10.42.${job.project % 250}.${random.below(250)}`,
    bytes: 200 + random.below(4_000),
  }
}

function weighted(random: Random) {
  let left = random.below(methods.reduce((sum, [, , weight]) => sum + weight, 0))
  for (const method of methods) {
    left -= method[2]
    if (left < 0) return method
  }
  throw new Error('the weights do not add up')
}

function isReading(decision: EntryBody): boolean {
  const verbs = decision['verbs'] as readonly string[]
  return verbs.every((verb) => verb === 'read' || verb === 'list' || verb === 'query')
}

function completionOf(decision: EntryBody, atMs: number, random: Random): EntryBody {
  const luck = random.below(100)
  const outcome = luck < 96 ? 'completed' : luck < 99 ? 'failed' : 'cancelled'
  const durationMs = random.below(400) / 10
  return {
    time: new Date(atMs + Math.floor(durationMs)).toISOString(),
    kind: 'completion',
    decision_id: decision['decision_id'],
    outcome,
    grpc_status: outcome === 'completed' ? 0 : outcome === 'failed' ? 5 : 1,
    bytes: random.below(9_000),
    duration_ms: durationMs,
  }
}

function strangers(time: string, random: Random): EntryBody {
  const count = 20 + random.below(500)
  return {
    time,
    kind: 'refusals',
    outcome: 'refused',
    code: random.oneOf(strangersCodes),
    count,
    first_time: time,
    last_time: time,
    peers: { '203.0.113.9': count },
    other_peers: 0,
    methods: { GetSystemInfo: count },
  }
}

function signOff(time: string, fromMs: number, toMs: number): EntryBody {
  return {
    time,
    kind: 'review',
    action: 'sign_off',
    reviewer: 'loopback',
    peer: '127.0.0.1',
    about: {
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      first_seq: 1,
      last_seq: 2,
      note: 'looked at all refusals',
    },
  }
}
