import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setImmediate } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { verifyChain } from '../../src/record/chain.ts'
import { entriesIn, linesIn } from '../support/audit-files.ts'
import { createCaller, type Caller } from '../support/caller.ts'
import { startIssuer } from '../support/issuer.ts'
import { outsideTap, root } from '../support/outside-tap.ts'
import { writeConfiguration } from '../support/sallyport.ts'
import { startUpstream, type StandInUpstream } from '../support/upstream.ts'

const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch }
    grants: [{ namespace: payments, role: starter, workflow_ids: ["ledger-*"] }]
`

const rounds = 4
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
    t.match(await verifyChain(linesIn(auditDirectory)), { fault: undefined })
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
  const entries = entriesIn(auditDirectory)
  t.match(await verifyChain(linesIn(auditDirectory)), { entries: entries.length, fault: undefined })
  t.equal(entries.filter(({ kind }) => kind === 'start').length, rounds + 1)
  t.equal(entries.at(-1)?.['kind'], 'stop', 'asked to stop, it says so')
})
