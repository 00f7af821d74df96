import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { refusals, type RefusalCode } from '../../src/core/refusal.ts'
import { makeSigningKey, startIssuer, type TestIssuer } from '../support/issuer.ts'
import { frameOf } from '../support/raw-http2.ts'
import {
  assertEntriesInAll,
  assertRefused,
  assertTold,
  connectTo,
  secretsIn,
  send,
  type Gate,
  type RawCall,
} from '../support/refused-call.ts'
import { startSallyport, type SallyportOptions } from '../support/sallyport.ts'
import { mountSmallDisk } from '../support/small-disk.ts'
import { startUpstream, type ScriptedAnswer } from '../support/upstream.ts'

const machines = `
  - name: rule-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch }
    grants: [{ namespace: payments, role: caller }]
  - name: rule-of-agents-and-others
    issuer: gitlab
    match: { job_project_id: "48210377" }
    grants: [{ namespace: payments, role: caller }]
denials:
  - name: offboarded
    match: { user_id: "4711" }
`

const start = {
  namespace: 'payments',
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
}
const granted = { method: 'StartWorkflowExecution', request: start }

type Options = Partial<SallyportOptions>

/** Starts a Sallyport before a stand-in that answers every call, or as it is told. */
async function openGate(
  t: Test,
  options: Options = {},
  answer: () => ScriptedAnswer | Promise<ScriptedAnswer> = () => ({ message: Buffer.of() }),
): Promise<Gate> {
  const upstream = await startUpstream(answer)
  t.teardown(upstream.close)
  const parts = { machines, upstreamAddress: upstream.address, ...options }
  const sallyport = await startSallyport(t, parts)
  const session = await connectTo(t, sallyport, options.plaintext)
  return { sallyport, upstream, session, isGzipped: !options.plaintext }
}

const nowS = () => Math.floor(Date.now() / 1000)
const other = { ...start, namespace: 'payroll' }
const bomb = gzipSync(Buffer.alloc(5 * 1024 * 1024))

/** How to be refused with each code by what is sent, given a good token where none is. */
const provocations: Partial<Record<RefusalCode, (issuer: TestIssuer) => Partial<RawCall>>> = {
  credential_missing: () => ({ token: undefined }),
  credential_malformed: () => ({ token: 'opensesame-opensesame' }),
  issuer_unknown: ({ mint }) => ({ token: mint({ iss: 'https://gitlab.elsewhere.example' }) }),
  algorithm_refused: ({ mint }) => ({ token: mint({}, { header: { alg: 'HS256' } }) }),
  signature_invalid: ({ mint }) => ({ token: forged(mint()) }),
  audience_mismatch: ({ mint }) => ({ token: mint({ aud: 'https://vault.acme.example' }) }),
  token_expired: ({ mint }) => ({ token: mint({}, { expiresInS: -3600 }) }),
  token_not_yet_valid: ({ mint }) => ({ token: mint({ nbf: nowS() + 600 }) }),
  token_too_old: ({ mint }) => ({ token: mint({ iat: nowS() - 7200 }) }),
  claims_missing: ({ mint }) => ({ token: mint({ jti: undefined }) }),
  not_granted: () => ({ request: other }),
  denied_by_rule: ({ mint }) => ({ token: mint({ user_id: '4711' }) }),
  guard_fork_pipelines: ({ mint }) => ({
    token: mint({}, { from: 'merge-request-from-fork-in-parent-project' }),
  }),
  guard_agents: ({ mint }) => ({ token: mint({}, { from: 'duo-workload-pipeline' }) }),
  guard_policy_jobs: ({ mint }) => ({ token: mint({}, { from: 'scan-policy-injected-job' }) }),
  guard_other_tokens: ({ mint }) => ({ token: mint({ job_id: undefined }) }),
  namespace_missing: () => ({ request: { ...start, namespace: '' } }),
  namespace_mismatch: () => ({
    method: 'ExecuteMultiOperation',
    request: { namespace: 'payments', operations: [{ startWorkflow: other }] },
  }),
  nested_call_refused: () => ({
    request: { ...start, completionCallbacks: [{ nexus: { url: 'http://elsewhere.example' } }] },
  }),
  credential_in_payload: ({ mint }) => {
    const token = mint()
    const data = Buffer.from(token)
    return { token, request: { ...start, input: { payloads: [{ data }] } } }
  },
  message_malformed: () => ({ request: Buffer.from([0x0a, 0x7f]) }),
  metadata_malformed: () => ({ headers: [['grpc-timeout', 'a while']] }),
  message_too_large: () => ({ headers: [['grpc-encoding', 'gzip']], body: frameOf(bomb, 1) }),
  encoding_unsupported: () => ({ headers: [['grpc-encoding', 'snappy']] }),
  method_unknown: () => ({
    method: '/temporal.api.workflowservice.v1.WorkflowService/StartEverything',
    request: Buffer.of(),
  }),
}

/** The same claims, with a signature that was made for others. */
function forged(token: string): string {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const bytes = Buffer.from(signature, 'base64url').toReversed()
  return [header, payload, Buffer.from(bytes).toString('base64url')].join('.')
}

const circumstances: Partial<Record<RefusalCode, (t: Test, options: Options) => Promise<void>>> = {
  keys_unavailable: async (t, options) => {
    const issuer = await startIssuer()
    t.teardown(issuer.close)
    issuer.fail('error')
    const gate = await openGate(t, { ...options, issuer })
    await assertRefused(t, gate, 'keys_unavailable', { ...granted, token: issuer.mint() })
    await assertEntriesInAll(t, gate, 1)
  },
  upstream_unavailable: async (t, options) => {
    const gate = await openGate(t, options)
    await gate.upstream.close()
    const token = gate.sallyport.mint()
    const reply = await send(gate.session, { ...granted, token }, gate.isGzipped)
    const entries = await gate.sallyport.entriesWhen(2)
    const code = 'upstream_unavailable'
    t.match(entries, [
      { kind: 'decision', outcome: 'allowed' },
      { kind: 'completion', outcome: 'failed', code, decision_id: entries[0]?.['decision_id'] },
    ])
    assertTold(t, reply, code, entries[0]?.['decision_id'])
    assertNoToken(t, gate, token, reply.told)
    t.notOk(reply.told.includes(gate.upstream.address), 'where the upstream is, nobody is told')
    await assertEntriesInAll(t, gate, 2)
  },
  draining: async (t, options) => {
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>()
    const { promise: released, resolve: release } = Promise.withResolvers<ScriptedAnswer>()
    const gate = await openGate(t, options, () => (arrive(), released))
    const token = gate.sallyport.mint()
    const inFlight = send(gate.session, { ...granted, token }, gate.isGzipped)
    await arrived
    const stopped = gate.sallyport.service.stop()
    const reply = await send(gate.session, { ...granted, token }, gate.isGzipped)
    const [, refused] = gate.sallyport.entries()
    t.match(refused, { kind: 'decision', outcome: 'refused', code: 'draining' })
    assertTold(t, reply, 'draining', refused?.['decision_id'])
    assertNoToken(t, gate, token, reply.told)
    release({ message: Buffer.from('late') })
    t.match(await inFlight, { status: 0 }, 'the call in flight has its answer')
    await stopped
    t.equal(gate.upstream.calls.length, 1, 'the refused call did not go upstream')
    t.equal(gate.sallyport.entries().length, 3)
  },
  overloaded: async (t, options) => {
    const gate = await openGate(t, { ...options, listenLimits: '{ buffered: 256KiB }' })
    const token = gate.sallyport.mint()
    // So much of a body without end that this connection's share has not even room for the head of another call.
    const body = frameOf(Buffer.alloc(1024 * 1024), gate.isGzipped ? 1 : 0).subarray(0, 80 * 1024)
    void send(gate.session, { ...granted, token, body, isEndless: true }, gate.isGzipped)
    const held = async () =>
      Number(/^sallyport_buffered_bytes (\d+)/m.exec(await gate.sallyport.metrics())?.[1])
    while ((await held()) < body.length) await pause(5)
    await assertRefused(t, gate, 'overloaded', { ...granted, token })
  },
  audit_unavailable: async (t, options) => {
    const auditDirectory = mountSmallDisk(t, 'size=256k')
    if (auditDirectory === undefined) return
    const gate = await openGate(t, { ...options, auditDirectory })
    const filler = join(auditDirectory, 'filler')
    fill(filler, auditDirectory)
    await assertUnrecorded(t, gate)
    const codes = gate.sallyport.entries().map((entry) => entry['code'])
    t.notOk(codes.includes('audit_unavailable'), 'what cannot be recorded has no entry')
    rmSync(filler)
    const call = { ...granted, token: gate.sallyport.mint() }
    while ((await send(gate.session, call, gate.isGzipped)).status !== 0);
    const entries = await gate.sallyport.entriesWhen(codes.length + 2)
    t.match(entries.slice(codes.length), [{ outcome: 'allowed' }, { outcome: 'completed' }])
  },
}

/** Takes the last byte of the disk, and what is left of the page that the journal is writing to. */
function fill(filler: string, disk: string): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(bavail * bsize))
}

/** Asserts that a granted call is soon refused because it cannot be recorded, and goes nowhere. */
async function assertUnrecorded(t: Test, { sallyport, upstream, session, isGzipped }: Gate) {
  const token = sallyport.mint()
  // Until the journal has noticed, only such calls are made as are refused anyway.
  const refusable = { ...granted, request: other, token }
  while ((await send(session, refusable, isGzipped)).status === 7);
  const reply = await send(session, { ...granted, token }, isGzipped)
  const decisionId = /\[audit_unavailable (d-\w+)\]$/.exec(reply.words)?.[1]
  assertTold(t, reply, 'audit_unavailable', decisionId)
  t.equal(upstream.bytesReceived(), 0, 'not a byte went upstream')
  t.match(sallyport.log(), /audit entries cannot be written; refusing calls/)
  for (const secret of secretsIn(token)) t.notOk((sallyport.log() + reply.told).includes(secret))
}

function assertNoToken(t: Test, { sallyport }: Gate, token: string, told: string): void {
  const written = sallyport.log() + sallyport.journal() + told
  t.same(
    secretsIn(token).filter((secret) => written.includes(secret)),
    [],
    'no token in any output',
  )
}

void t.test('there is a test here for every code, and for no other', async (t) => {
  const tested = [...Object.keys(provocations), ...Object.keys(circumstances)]
  t.same(tested.toSorted(), Object.keys(refusals).toSorted())
})

for (const wire of ['in plaintext, uncompressed', 'over TLS, with gzip'] as const) {
  const options: Options = wire.startsWith('over TLS') ? {} : { plaintext: true }

  void t.test(`refused ${wire}`, async (t) => {
    const gate = await openGate(t, options)
    const { issuer, mint } = gate.sallyport
    for (const code of Object.keys(provocations) as (keyof typeof provocations)[]) {
      await t.test(`with ${code}`, async (t) => {
        const provoke = provocations[code]
        await assertRefused(t, gate, code, { ...granted, token: mint(), ...provoke?.(issuer) })
      })
    }
    await assertEntriesInAll(t, gate, Object.keys(provocations).length)
  })

  for (const [code, run] of Object.entries(circumstances)) {
    void t.test(`refused ${wire} with ${code}`, async (t) => run(t, options))
  }
}

void t.test('an audit directory that vanishes refuses calls', async (t) => {
  const gate = await openGate(t)
  rmSync(join(gate.sallyport.directory, 'audit'), { recursive: true })
  await assertUnrecorded(t, gate)
})

void t.test('a signature of somebody else’s key is no signature', async (t) => {
  const gate = await openGate(t)
  const { kid } = gate.sallyport.issuer.key()
  const token = gate.sallyport.mint({}, { key: await makeSigningKey(kid) })
  await assertRefused(t, gate, 'signature_invalid', { ...granted, token })
})
