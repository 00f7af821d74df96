import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createLog } from '../../src/log.ts'
import { openJournal } from '../../src/record/journal.ts'
import { entriesIn, until } from '../support/audit-files.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { createCaller, type Caller } from '../support/caller.ts'
import { startIssuer } from '../support/issuer.ts'
import { outsideTap, root } from '../support/outside-tap.ts'
import { writeConfiguration } from '../support/sallyport.ts'
import { startUpstream, type StandInUpstream } from '../support/upstream.ts'
import { inspectJournal } from '../support/whole-journal.ts'

const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch }
    grants: [{ namespace: payments, role: starter, workflow_ids: ["ledger-*"] }]
`

/** Rounds with the whole service, which take a second or two each; the long proof is CRASH_ROUNDS=100. */
const rounds = Number(process.env['CRASH_ROUNDS'] ?? 4)
/** Rounds with the journal alone, which take less than one. */
const journalRounds = Number(process.env['CRASH_ROUNDS'] ?? 10)
const callersCount = 16
/** Enough for any round; calls are also over when the service is. */
const callsPerCallerMax = 2_000

interface Served {
  readonly child: ChildProcess
  readonly address: string
}

/** Starts the service as an operator does, and waits until it says where it listens. */
async function serve(t: Test, file: string): Promise<Served> {
  const [env, ...flags] = outsideTap
  const args = [...flags, process.execPath, `${root}src/main.ts`, 'serve', '--config', file]
  const child = spawn(env, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  for await (const line of createInterface({ input: child.stdout })) {
    const { msg, address } = JSON.parse(line) as { msg: string; address?: { port: number } }
    if (msg !== 'serving') continue
    // What it says later must go somewhere.
    child.stdout.resume()
    return { child, address: `127.0.0.1:${address?.port}` }
  }
  throw new Error('the service ended before it served')
}

async function end(t: Test, child: ChildProcess, signal: NodeJS.Signals, expected: unknown) {
  const exited = once(child, 'exit')
  child.kill(signal)
  t.same(await exited, expected)
}

const callIdName = 'x-call-id'

/** Starts a workflow under an id that no other call has; it also goes along as metadata. */
async function startWorkflow(caller: Caller, workflowId: string): Promise<number> {
  const request = {
    namespace: 'payments',
    workflowId,
    requestId: `request-of-${workflowId}`,
    workflowType: { name: 'LedgerRollup' },
    taskQueue: { name: 'ledger' },
  }
  const metadata = { [callIdName]: workflowId }
  return (await caller.call('StartWorkflowExecution', request, { metadata })).status
}

/** Calls as fast as it goes until a call fails, and resolves with how many did not. */
async function callUntilItFails(caller: Caller, name: string): Promise<number> {
  let count = 0
  while (count < callsPerCallerMax && (await startWorkflow(caller, `${name}-${count}`)) === 0) {
    count += 1
  }
  return count
}

/** Resolves when the upstream has seen some more calls: a moment that nobody can foresee. */
async function whenSeen(upstream: StandInUpstream, more: number): Promise<void> {
  const target = upstream.calls.length + more
  while (upstream.calls.length < target) await setImmediate()
}

void t.test('after kill -9 under load, every call that went upstream is on record', async (t) => {
  const issuer = await startIssuer()
  const upstream = await startUpstream(() => ({ message: Buffer.of() }))
  const written = await writeConfiguration({ machines, upstreamAddress: upstream.address }, issuer)
  const { file, ca, directory, auditDirectory } = written
  t.teardown(async () => {
    await upstream.close()
    await issuer.close()
    rmSync(directory, { recursive: true })
  })
  const token = issuer.mint()

  /** Puts a running service under load and kills it in the middle of it. */
  const crash = async ({ child, address }: Served, round: number) => {
    const callers = Array.from({ length: callersCount }, () => createCaller({ address, token, ca }))
    const counts = Promise.all(
      callers.map(async (caller, index) => callUntilItFails(caller, `ledger-${round}-${index}`)),
    )
    await whenSeen(upstream, Math.ceil(Math.random() * 500))
    await end(t, child, 'SIGKILL', [null, 'SIGKILL'])
    t.ok(
      (await counts).every((count) => count < callsPerCallerMax),
      'it was under load to the end',
    )
    for (const caller of callers) caller.close()
  }

  /** Asserts that a restarted service has lost nothing and works. */
  const assertWhole = async ({ address }: Served, round: number) => {
    const seen = upstream.calls.map(({ headers }) => headers[callIdName])
    const allowed = entriesIn(auditDirectory).filter(({ outcome }) => outcome === 'allowed')
    const recorded = new Set(allowed.map((entry) => entry['workflow_id']))
    const lost = seen.filter((workflowId) => !recorded.has(workflowId))
    t.same(lost, [], `after ${round} crashes: all of ${seen.length} calls`)
    const { faults } = await inspectJournal(auditDirectory)
    t.strictSame(faults, [], 'the chain and its checkpoints hold, and every call has ended once')
    const caller = createCaller({ address, token, ca })
    t.equal(await startWorkflow(caller, `ledger-after-${round}`), 0, 'it works again')
    caller.close()
  }

  let served = await serve(t, file)
  for (let round = 1; round <= rounds; round += 1) {
    await crash(served, round)
    served = await serve(t, file)
    await assertWhole(served, round)
  }
  await end(t, served.child, 'SIGTERM', [0, null])
  const { faults, entries } = await inspectJournal(auditDirectory)
  t.strictSame(faults, [])
  t.equal(entries.filter(({ kind }) => kind === 'start').length, rounds + 1)
  const kinds = entries.slice(-2).map(({ kind }) => kind)
  t.strictSame(kinds, ['stop', 'checkpoint'], 'asked to stop, it says so, and signs it')
})

const script = `${root}test/support/journal-load.ts`

/** Lets the journal alone run under load, kills it at some moment, and gives what it had acknowledged. */
async function killedUnderLoad(t: Test, args: readonly string[]): Promise<readonly string[]> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  let printed = ''
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  // From the moment that it begins to open its files up to some thousand entries.
  const target = Math.floor(Math.random() ** 2 * 40_000)
  await until(() => printed.length > target || child.exitCode !== null)
  t.equal(child.exitCode, null, 'it was under load to the end')
  child.kill('SIGKILL')
  await once(child, 'close')
  const [opened, ...names] = printed.split('\n').slice(0, -1)
  if (opened !== undefined) t.equal(opened, 'open', 'it began where the one before was killed')
  return names
}

async function openAndClose(directory: string): Promise<void> {
  const options = { ...auditSettings(directory), replica: 'after', version: '0.0.0' }
  await (
    await openJournal({ ...options, log: createLog({ level: 'silent' }), now: Date.now })
  ).close()
}

for (const [name, retention] of [
  ['no acknowledged entry is lost', []],
  ['only what was announced is gone', ['150']],
] as const) {
  void t.test(`kill -9 of the journal alone, through rotation: ${name}`, async (t) => {
    const directory = t.testdir()
    let acknowledged: readonly string[] = []
    for (let round = 1; round <= journalRounds; round += 1) {
      acknowledged = [...acknowledged, ...(await killedUnderLoad(t, [directory, ...retention]))]
      // Most crashes follow a crash.
      if (round % 5 > 0 && round < journalRounds) continue
      await openAndClose(directory)
      const { faults, entries } = await inspectJournal(directory)
      t.strictSame(faults, [], `after ${round} crashes`)
      const recorded = new Set(entries.map((entry) => entry['decision_id']))
      const lost = acknowledged.filter((each) => !recorded.has(`d-${each}`))
      if (retention.length === 0) t.strictSame(lost, [], `all of ${acknowledged.length} entries`)
    }
    t.ok(acknowledged.length > 0)
  })
}
