import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import t, { type Test } from 'tap'
import { cloudEventLine } from '../../src/audit/format/cloud-event.ts'
import { csvRow } from '../../src/audit/format/csv.ts'
import { formatEntry } from '../../src/audit/format/format-entry.ts'
import { ocsfOf } from '../../src/audit/format/ocsf.ts'
import { entryShape } from '../../src/config/entry-shape.ts'
import { decide } from '../../src/core/decision.ts'
import { issuerKeysEntry } from '../../src/core/issuer-keys-entry.ts'
import { refusal } from '../../src/core/refusal.ts'
import { reviewEntry } from '../../src/core/review-entry.ts'
import { createLog } from '../../src/log.ts'
import { openJournal } from '../../src/record/journal.ts'
import { createRecorder } from '../../src/record/recorder.ts'
import { linesIn, until } from '../support/audit-files.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { callOf, identity, policy } from '../support/granted-call.ts'
import { ocsfProblems } from '../support/ocsf-schema.ts'
import { startSallyport, type Entry, type RunningSallyport } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

const schema = new URL('../../config/audit-entry.schema.json', import.meta.url)
const validate = new Ajv2020({ strict: false }).compile(
  JSON.parse(readFileSync(schema, 'utf8')) as object,
)

const policyHash = `sha256:${'7'.repeat(64)}`

const rule = (types: string) => `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants:
      - { namespace: payments, role: starter, workflow_types: [${types}] }
`

const start = {
  namespace: 'payments',
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
  requestId: 'r-1',
}

const hostile = ['\u001b[2J\u202e', '=cmd|x', '<script>', '"}\n{"kind":"stop"}', 'x'.repeat(5000)]

/** Calls of every kind that callers can make: allowed, refused at each step, failed, cancelled, unknown. */
async function makeCalls({ mint, caller }: RunningSallyport): Promise<void> {
  const call = caller().call
  await call('StartWorkflowExecution', start)
  for (const text of hostile) {
    await call('StartWorkflowExecution', { ...start, workflowId: text })
    await call('StartWorkflowExecution', { ...start, workflowType: { name: text } })
    await call('DescribeNamespace', { namespace: text })
  }
  await call('StartWorkflowExecution', { ...start, namespace: 'treasury' })
  await call('StartWorkflowExecution', { ...start, namespace: '' })
  await call('StartWorkflowExecution', { ...start, requestId: mint() })
  await call('SignalWithStartWorkflowExecution', { ...start, signalName: 'go' })
  await call('StartWorkflowExecution', Buffer.from([0xff]))
  await call('StartWorkflowExecution', start, { metadata: { 'grpc-timeout': 'soon' } })
  await call('GetSystemInfo')
  await call('StartWorkflowExecution', { ...start, workflowId: 'slow' }, { deadlineMs: 300 })
  await call('/grpc.health.v1.Health/Watch')
  await call(`/temporal.api.workflowservice.v1.WorkflowService/Nothing?${mint()}`)
  const expired = mint({ exp: 1 })
  const stranger = mint({ iss: 'https://elsewhere.example' })
  for (const token of [null, 'x', expired, stranger, `${mint()}x`]) {
    await call('StartWorkflowExecution', start, { token })
  }
  for (const claims of [
    { ref: hostile[0] },
    { user_login: hostile[1] },
    { environment: hostile[4] },
  ]) {
    await caller(mint(claims)).call('StartWorkflowExecution', start)
  }
}

async function startRecording(t: Test): Promise<RunningSallyport> {
  const upstream = await startUpstream(() => ({ message: Buffer.from('an answer') }))
  t.teardown(upstream.close)
  return startSallyport(t, {
    machines: rule('LedgerRollup'),
    upstreamAddress: upstream.address,
    drainTimeoutMs: 100,
  })
}

t.test('every entry of a real run fits the schema, and converts to valid events', async (t) => {
  const sallyport = await startRecording(t)
  await makeCalls(sallyport)
  const policies = () => sallyport.entries().filter(({ kind }) => kind === 'policy')
  const policyFile = join(sallyport.directory, 'policy.yaml')
  writeFileSync(policyFile, `version: 1\nmachines:\n${rule('Payout')}`)
  await sallyport.service.reload()
  writeFileSync(policyFile, 'version: 2\n')
  await sallyport.service.reload()
  await until(() => policies().length === 2)
  await sallyport.service.stop()
  const entries = checkLines(t, sallyport.journal().trimEnd().split('\n'))
  const kinds = new Set(entries.map(({ kind }) => kind))
  for (const kind of ['start', 'identity', 'decision', 'completion', 'policy', 'stop']) {
    t.ok(kinds.has(kind), `there was an entry of the kind ${kind}`)
  }
  const codes = new Set(entries.flatMap(({ code }) => (typeof code === 'string' ? [code] : [])))
  t.ok(codes.size >= 10, `refused in many ways: ${[...codes].join(', ')}`)
})

/** Checks each line against the schema, and what it converts to against those of others. */
function checkLines(t: Test, lines: readonly string[]): readonly Entry[] {
  return lines.map((line) => {
    const entry = JSON.parse(line) as Entry
    const name = `${entry.kind} ${JSON.stringify(entry['code'])}`
    t.ok(validate(entry), `${name} ${JSON.stringify(validate.errors?.[0])} ${line.slice(0, 500)}`)
    t.ok(entryShape.safeParse(entry).success, name)
    t.strictSame(ocsfProblems(JSON.parse(JSON.stringify(ocsfOf(entry, line)))), [], name)
    t.ok(Buffer.byteLength(cloudEventLine(line, entry)) <= 65_536, name)
    return entry
  })
}

t.test('what only levels, floods, crashes and reviewers bring about fits, too', async (t) => {
  const directory = t.testdir({ audit: {} })
  const audit = join(directory, 'audit')
  const open = () =>
    openJournal({
      ...auditSettings(audit),
      replica: 'sallyport-0',
      version: '0.0.0',
      startFields: { policy_hash: policyHash },
      log: createLog({ level: 'silent' }),
      now: Date.now,
    })
  const journal = await open()
  const recorder = createRecorder({ journal, levels: { read: 'completion', work: 'completion' } })
  const token = { ...identity, tokenDigest: 'ab'.repeat(32), expiresAt: Date.now() }
  for (const [at, name] of ['PollWorkflowTaskQueue', 'StartWorkflowExecution'].entries()) {
    const call = callOf(name)
    const facts = { ...factsOf(at), call, identity: token, method: call.method }
    await recorder.decision({ ...facts, decision: decide(policy, token, call) })
    // The second is open when the process ends.
    const outcome = { result: 'completed', grpcStatus: 0, bytes: 7 } as const
    if (at === 0) recorder.completion({ ...facts, outcome, durationMs: 1.25 })
  }
  const missing = refusal('credential_missing', 'no authorization metadata')
  for (let at = 0; at < 80; at += 1) {
    const decision = decide(policy, missing, missing)
    await recorder.decision({ ...factsOf(at + 2), call: missing, identity: missing, decision })
  }
  recorder.close()
  for (const action of ['login', 'login_refused', 'search', 'sign_off'] as const) {
    const about = { project: hostile[0], from: 1, note: 'x'.repeat(3000) }
    await journal.append(reviewEntry({ at: 0, action, reviewer: 'loopback', peer: '::1', about }))
  }
  const news = { issuer: 'gitlab', keys: 2, added: ['k2'], withdrawn: ['k1'], isRecovered: false }
  const fetched = issuerKeysEntry({ kind: 'keys_fetched', ...news }, 0)
  const failed = {
    kind: 'fetch_failed',
    issuer: 'gitlab',
    detail: 'no',
    isRepeated: false,
  } as const
  for (const entry of [fetched, issuerKeysEntry(failed, 0)]) if (entry) await journal.append(entry)
  await journal.close()
  await (await open()).close()
  const entries = checkLines(t, linesIn(audit).map(String))
  const found = new Set(
    entries.map(({ kind, level, outcome }) => `${kind} ${String(level ?? outcome)}`),
  )
  for (const name of [
    'completion completion',
    'completion unknown',
    'refusals refused',
    'issuer_keys failed',
    'signing_key undefined',
    'checkpoint undefined',
    'review undefined',
  ]) {
    t.ok(found.has(name), `there was ${name}`)
  }
})

/** What is known of every call here. */
function factsOf(at: number) {
  const decisionId = `d-${String(at).padStart(12, '0')}`
  return { at: Date.now(), decisionId, method: undefined, path: '/x/Y', peer: '::1', policyHash }
}

t.test(
  'no export of a real run has a token, nor a character that could forge a line',
  async (t) => {
    const sallyport = await startRecording(t)
    const token = sallyport.mint({ user_email: 'marker@example.com' })
    const { call } = sallyport.caller(token)
    for (const text of hostile) await call('StartWorkflowExecution', { ...start, workflowId: text })
    await call('StartWorkflowExecution', { ...start, requestId: token })
    await call(`/a/b?${token}`)
    await call('StartWorkflowExecution', start, { token: `${token}x` })
    await sallyport.service.stop()
    const lines = sallyport.journal().trimEnd().split('\n')
    const secrets = [...token.split('.').slice(1), 'marker@example.com']
    for (const line of lines) {
      const entry = JSON.parse(line) as Entry
      const texts = [
        ...(['native', 'ocsf', 'cloudevents'] as const).map((format) =>
          formatEntry(format, line, entry),
        ),
        csvRow(entry),
      ]
      for (const text of texts) {
        t.notMatch(text, /\p{Cc}|\u202e/u)
        for (const secret of secrets) t.notOk(text.includes(secret), entry.kind)
      }
    }
  },
)
