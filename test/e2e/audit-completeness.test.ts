import { closeSync, openSync, readdirSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { until } from '../support/audit-files.ts'
import { createRandom, type Random } from '../support/random.ts'
import { startSallyport, type RunningSallyport } from '../support/sallyport.ts'
import { startUpstream, type StandInUpstream } from '../support/upstream.ts'
import { inspectJournal } from '../support/whole-journal.ts'

t.setTimeout(600_000)

const callsPerPhase = Number(process.env['COMPLETENESS_CALLS'] ?? 900)
const seed = Number(process.env['COMPLETENESS_SEED'] ?? 20_261_123)
const together = 24

const policy = (type: string) => `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch }
    grants:
      - { namespace: payments, role: starter, workflow_types: [LedgerRollup, ${type}] }
`

/** What may become of a call, from its first byte on. */
const plans = {
  completes: { share: 40 },
  fails: { share: 8 },
  leaves: { share: 6 },
  'is late': { share: 4 },
  'is of another type': { share: 8, code: 'not_granted' },
  'is of another project': { share: 5, code: 'not_granted' },
  'comes from a fork': { share: 4, code: 'guard_fork_pipelines' },
  'names no namespace': { share: 4, code: 'namespace_missing' },
  'makes no sense': { share: 4, code: 'message_malformed' },
  'has a token in it': { share: 3, code: 'credential_in_payload' },
  'is of no method': { share: 4, code: 'method_unknown' },
  'has no token': { share: 4, code: 'credential_missing', isStranger: true },
  'has a token of nobody': { share: 3, code: 'signature_invalid', isStranger: true },
  'has an old token': { share: 3, code: 'token_expired', isStranger: true },
} as const satisfies Readonly<
  Record<string, { share: number; code?: string; isStranger?: boolean }>
>

type Plan = keyof typeof plans

const lottery = (Object.keys(plans) as Plan[]).flatMap((plan) =>
  Array.from({ length: plans[plan].share }, () => plan),
)

/** A call that was made, and what its caller was told. */
interface Made {
  readonly name: string
  readonly plan: Plan
  readonly status: number
  /** Code and decision id in the words of a refusal. */
  readonly told: readonly [code: string, decisionId: string] | undefined
}

/** Reads what is new in a journal, also while its directory is elsewhere for a moment. */
function createFollower(directory: string) {
  const files = new Map<string, { readonly file: number; at: number; rest: string }>()
  const allowed = new Set<unknown>()
  const chunk = Buffer.alloc(64 * 1024)

  function look(): void {
    for (const name of namesIn(directory)) {
      if (files.has(name)) continue
      files.set(name, { file: openSync(join(directory, name), 'r'), at: 0, rest: '' })
    }
    for (const state of files.values()) {
      for (;;) {
        const count = readSync(state.file, chunk, 0, chunk.length, state.at)
        if (count === 0) break
        state.at += count
        const lines = (state.rest + chunk.toString('latin1', 0, count)).split('\n')
        state.rest = lines.pop() ?? ''
        for (const line of lines) note(JSON.parse(line) as Readonly<Record<string, unknown>>)
      }
    }
  }

  function note(entry: Readonly<Record<string, unknown>>): void {
    if (entry['kind'] === 'decision' && entry['outcome'] === 'allowed')
      allowed.add(entry['workflow_id'])
  }

  return {
    /** Whether a file has the decision that allowed this workflow to be started. */
    hasAllowed: (workflowId: string): boolean => {
      if (!allowed.has(workflowId)) look()
      return allowed.has(workflowId)
    },
    close: () => files.forEach(({ file }) => closeSync(file)),
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => name.endsWith('.jsonl'))
  } catch {
    return []
  }
}

/** Sends calls of all plans, and keeps what came of each. */
function createTraffic(sallyport: RunningSallyport, upstream: StandInUpstream, random: Random) {
  const callers = Array.from({ length: 4 }, () => sallyport.caller())
  const { mint } = sallyport
  const tokens: Partial<Record<Plan, string | null>> = {
    'is of another project': mint({ project_id: '7', job_project_id: '7' }),
    'comes from a fork': mint({
      pipeline_source: 'merge_request_event',
      project_id: '7',
      source_project_id: '7',
    }),
    'has no token': null,
    'has a token of nobody': mint({}, { sign: () => Buffer.from('nobody') }),
    'has an old token': mint({}, { expiresInS: -3600 }),
  }
  const made: Made[] = []
  const seen = (name: string) => upstream.calls.some((call) => call.headers['x-call'] === name)

  async function make(plan: Plan = random.oneOf(lottery)): Promise<Made> {
    const name = `${plan.replaceAll(' ', '-')}-${made.length}-${random.below(1e9)}`
    const leaving = new AbortController()
    const token = tokens[plan]
    const reply = random.oneOf(callers).call(...requestOf(plan, name, mint), {
      metadata: { 'x-call': name },
      ...(token !== undefined && { token }),
      ...(plan === 'leaves' && { signal: leaving.signal }),
      ...(plan === 'is late' && { deadlineMs: 150 }),
    })
    if (plan === 'leaves') {
      let isOver = false
      void reply.then(() => (isOver = true))
      await until(() => isOver || seen(name))
      leaving.abort()
    }
    const { status, words } = await reply
    const [, code, id] = /\[(\w+) (d-\w+)\]$/.exec(words) ?? []
    const one = { name, plan, status, told: code && id ? ([code, id] as const) : undefined }
    made.push(one)
    return one
  }

  return {
    made,
    make,
    /** Makes so many calls, some at a time. */
    async run(count: number): Promise<void> {
      const lanes = Array.from({ length: together }, async () => {
        for (let left = Math.ceil(count / together); left > 0; left--) await make()
      })
      await Promise.all(lanes)
    },
  }
}

function requestOf(
  plan: Plan,
  name: string,
  mint: RunningSallyport['mint'],
): readonly [method: string, request: Uint8Array | Readonly<Record<string, unknown>>] {
  const request = {
    namespace: plan === 'names no namespace' ? '' : 'payments',
    workflowId: name,
    workflowType: { name: plan === 'is of another type' ? 'Payout' : 'LedgerRollup' },
    taskQueue: { name: 'ledger' },
    ...(plan === 'has a token in it' && { identity: mint() }),
  }
  if (plan === 'is of no method') return ['/temporal.api.workflowservice.v1.None/No', nonsense()]
  return ['StartWorkflowExecution', plan === 'makes no sense' ? nonsense() : request]
}

const nonsense = () => Buffer.from('no protobuf')

/** Moves the journal's directory away for a while, so that nothing can be recorded. */
async function inTrouble(
  directory: string,
  isRefused: () => Promise<boolean>,
  during: () => Promise<void>,
): Promise<void> {
  renameSync(directory, `${directory}-away`)
  await until(isRefused)
  await during()
  renameSync(`${directory}-away`, directory)
  await until(async () => !(await isRefused()))
}

interface Counted {
  readonly [key: string]: number
}

function tally(keys: readonly unknown[]): Counted {
  const counts: Record<string, number> = {}
  for (const key of keys) counts[String(key)] = (counts[String(key)] ?? 0) + 1
  return counts
}

async function startAll(t: Test) {
  let isJournalAhead: (name: string) => boolean = () => true
  const early: string[] = []
  const upstream = await startUpstream(async ({ headers }) => {
    const name = String(headers['x-call'])
    if (!isJournalAhead(name)) early.push(name)
    if (/^(leaves|is-late)/.test(name)) return new Promise(() => undefined)
    return name.startsWith('fails') ? { status: 5, words: 'no' } : { message: Buffer.of() }
  })
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, {
    machines: policy('Other'),
    upstreamAddress: upstream.address,
    drainTimeoutMs: 500,
  })
  const audit = join(sallyport.directory, 'audit')
  const follower = createFollower(audit)
  t.teardown(follower.close)
  isJournalAhead = follower.hasAllowed
  return { upstream, sallyport, audit, early }
}

t.test('every call is on record once, whatever becomes of it and of the journal', async (t) => {
  t.comment(`COMPLETENESS_SEED=${seed} COMPLETENESS_CALLS=${callsPerPhase}`)
  const { upstream, sallyport, audit, early } = await startAll(t)
  const traffic = createTraffic(sallyport, upstream, createRandom(seed))
  const { made } = traffic

  const disturb = async () => {
    await until(() => made.length > callsPerPhase / 3)
    const file = `version: 1\nmachines:\n${policy('Another')}`
    writeFileSync(join(sallyport.directory, 'policy.yaml'), file)
    await sallyport.service.reload()
    await until(() => made.length > callsPerPhase / 2)
    upstream.cut()
  }
  await Promise.all([traffic.run(callsPerPhase), disturb()])
  const flood = Array.from({ length: 300 }, async () => traffic.make('has no token'))
  await Promise.all(flood)
  const isRefused = async () => {
    const { told } = await traffic.make('completes')
    return told?.[0] === 'audit_unavailable'
  }
  await inTrouble(audit, isRefused, async () => traffic.run(callsPerPhase / 3))
  await traffic.run(callsPerPhase / 3)
  const before = upstream.calls.length
  const open = Array.from({ length: 8 }, async () => traffic.make('is late'))
  let isOver = false
  const ended = Promise.all(open).then(() => (isOver = true))
  await until(() => isOver || upstream.calls.length === before + open.length)
  // With calls open, and no new ones: whoever is refused while connections are cut may not learn of it.
  await sallyport.service.stop()
  await ended

  t.strictSame(early, [], 'nothing went upstream before its decision was in a file')
  const { faults, entries } = await inspectJournal(audit)
  t.strictSame(faults, [], 'the chain holds, and each allowed call has ended once')
  const ofCalls = entries.filter(({ kind }) => kind === 'decision')
  const allowed = ofCalls.filter(({ outcome }) => outcome === 'allowed')
  const refused = ofCalls.filter(({ outcome }) => outcome === 'refused')
  const counted = entries.filter(({ kind }) => kind === 'refusals')
  await check(t, { made, upstream, allowed, refused, counted, entries })
})

type Entries = Awaited<ReturnType<typeof inspectJournal>>['entries']

interface Evidence {
  readonly made: readonly Made[]
  readonly upstream: StandInUpstream
  readonly allowed: Entries
  readonly refused: Entries
  readonly counted: Entries
  readonly entries: Entries
}

async function check(t: Test, evidence: Evidence): Promise<void> {
  const { made, upstream, allowed, refused, counted, entries } = evidence
  const names = new Set(made.map(({ name }) => name))
  const allowedNames = tally(allowed.map((entry) => entry['workflow_id']))
  const seen = tally(upstream.calls.map(({ headers }) => headers['x-call']))
  t.comment(
    JSON.stringify({
      made: made.length,
      entries: entries.length,
      allowed: allowed.length,
      seen: upstream.calls.length,
      refused: refused.length,
      countedTogether: counted.map((entry) => entry['count']),
      told: tally(made.map(({ told, status }) => told?.[0] ?? status)),
      ends: tally(
        entries.flatMap(({ kind, outcome, code }) =>
          kind === 'completion' ? `${String(outcome)} ${String(code)}` : [],
        ),
      ),
    }),
  )
  t.strictSame(
    [...Object.values(allowedNames), ...Object.values(seen)].filter((count) => count !== 1),
    [],
    'no call was allowed or forwarded twice',
  )
  t.strictSame(
    Object.keys(seen).filter((name) => !(name in allowedNames)),
    [],
    'whatever the upstream has seen was allowed',
  )
  t.strictSame(
    Object.keys(allowedNames).filter((name) => !names.has(name)),
    [],
    'whatever was allowed was asked for',
  )
  const untold = made.filter(
    ({ told, name, status }) => !told && !(name in allowedNames) && status === 0,
  )
  t.strictSame(untold, [], 'whoever was answered was allowed')
  const ends = new Set(entries.map(({ kind, outcome }) => `${String(kind)} ${String(outcome)}`))
  const expected = ['policy allowed', ...['completed', 'failed', 'cancelled'].map(toCompletion)]
  t.strictSame(
    expected.filter((end) => !ends.has(end)),
    [],
    'all of it happened',
  )
  checkRefusals(t, evidence)
}

const toCompletion = (outcome: string) => `completion ${outcome}`

/** Callers without a verified token are in an entry of their own or in a count; others in an entry. */
function checkRefusals(t: Test, { made, allowed, refused, counted }: Evidence): void {
  const byId = new Map(refused.map((entry) => [entry['decision_id'], entry['code']]))
  t.equal(byId.size, refused.length, 'no decision has two entries')
  const ended = new Set(allowed.map((entry) => entry['decision_id']))
  const strangers = made.filter(({ plan }) => 'isStranger' in plans[plan])
  const others = made.filter((one) => one.told && !strangers.includes(one))
  const wrong = others.filter(({ plan, told }) => {
    const [code, id] = told ?? []
    if (code === 'audit_unavailable') return byId.has(id) || ended.has(id)
    if (code === 'upstream_unavailable') return !ended.has(id)
    const { code: expected } = plans[plan] as { code?: string }
    return byId.get(id) !== code || code !== expected
  })
  t.strictSame(wrong, [], 'what callers were told is what is on record')
  for (const code of ['credential_missing', 'signature_invalid', 'token_expired']) {
    const alone = refused.filter((entry) => entry['code'] === code).length
    const together = counted.filter((entry) => entry['code'] === code)
    const sum = together.reduce((total, entry) => total + Number(entry['count']), 0)
    const asked = strangers.filter(({ plan }) => (plans[plan] as { code?: string }).code === code)
    t.equal(alone + sum, asked.length, `${code}: ${alone} alone and ${sum} counted`)
  }
  const known = new Set(made.flatMap(({ told }) => told?.[1] ?? []))
  const untold = refused.filter((entry) => !known.has(String(entry['decision_id'])))
  // Whose deadline passes, or who leaves, while the message is still coming has none to forward.
  const cutOff = untold.filter(({ code }) => code === 'message_malformed')
  t.strictSame(
    untold.filter((entry) => !cutOff.includes(entry)),
    [],
    'every refusal on record was told to somebody',
  )
  const left = made.filter(({ plan }) => ['leaves', 'is late'].includes(plan)).length
  t.ok(cutOff.length <= left, `but for ${cutOff.length} of the ${left} that left or were late`)
  const unrecorded = counted
    .filter(({ code }) => code === 'audit_unavailable')
    .reduce((total, entry) => total + Number(entry['count']), 0)
  const refusedSo = others.filter(({ told }) => told?.[0] === 'audit_unavailable').length
  t.ok(
    unrecorded >= refusedSo && unrecorded <= refusedSo + left,
    `${unrecorded} that could not be recorded are counted, ${refusedSo} were told`,
  )
  t.ok(counted.length > 0, 'some were counted together')
  t.ok(
    made.some(({ told }) => told?.[0] === 'audit_unavailable'),
    'some came at a bad time',
  )
}
