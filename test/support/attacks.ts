import type { Test } from 'tap'
import type { RefusalCode } from '../../src/core/refusal.ts'
import { assertEntriesInAll, assertRefused, connectTo, send, type Gate } from './refused-call.ts'
import { startSallyport } from './sallyport.ts'
import { startUpstream } from './upstream.ts'

/** Project ids, each with a rule of the narrowest grant that makes an attack worth trying. */
const projects = {
  starter: '101',
  caller: '102',
  operator: '103',
  scheduler: '104',
  worker: '105',
  keeper: '106',
  admin: '107',
} as const

type Attacker = keyof typeof projects

const narrowed = 'workflow_types: [LedgerRollup], task_queues: [ledger], workflow_ids: ["ledger-*"]'

const grants: Readonly<Record<Attacker, string>> = {
  starter: `role: starter, ${narrowed}`,
  caller: `role: caller, ${narrowed}, handlers: [approve]`,
  operator: 'role: operator, workflow_ids: ["ledger-*"], handlers: [approve]',
  scheduler: `role: scheduler, ${narrowed}`,
  worker: 'role: worker, task_queues: [ledger]',
  keeper: 'role: admin, workflow_ids: ["ledger-*"]',
  admin: 'role: admin',
}

const machines = (Object.keys(projects) as Attacker[])
  .map(
    (who) => `
  - name: rule-${who}
    issuer: gitlab
    match: { project_id: "${projects[who]}" }
    grants: [{ namespace: payments, ${grants[who]} }]`,
  )
  .join('')

/** A request, by one who may do a part of what it does. */
export interface Attempt {
  readonly it: string
  readonly by: Attacker
  readonly method: string
  readonly request: object | Uint8Array
}

export interface Attack extends Attempt {
  readonly code: RefusalCode
}

/** The namespace in which all attackers may do something, and one in which none may. */
export const namespace = 'payments'
export const forbidden = 'payroll'

/** A start that most of them may make. */
export const start = {
  namespace,
  workflowId: 'ledger-7',
  workflowType: { name: 'LedgerRollup' },
  taskQueue: { name: 'ledger' },
}

/** Starts a Sallyport with these rules before a stand-in that answers every call. */
export async function openGate(t: Test): Promise<Gate> {
  const upstream = await startUpstream(() => ({ message: Buffer.of() }))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  return { sallyport, upstream, session: await connectTo(t, sallyport), isGzipped: true }
}

/** A token of one of the attackers. */
export function tokenOf(who: Attacker, { sallyport }: Gate): string {
  return sallyport.mint({ project_id: projects[who], job_project_id: projects[who] })
}

function callOf({ by, method, request }: Attempt, gate: Gate) {
  return { method, request, token: tokenOf(by, gate) }
}

/** Asserts of each attack that it is refused, and that nothing of it reaches the upstream. */
export async function assertAllRefused(t: Test, attacks: readonly Attack[]): Promise<void> {
  const gate = await openGate(t)
  for (const attack of attacks) {
    await t.test(`${attack.it} is refused`, async (t) =>
      assertRefused(t, gate, attack.code, callOf(attack, gate)),
    )
  }
  await assertEntriesInAll(t, gate, attacks.length)
}

/** Asserts of each attempt that it is no attack: it is forwarded. */
export async function assertAllForwarded(t: Test, attempts: readonly Attempt[]): Promise<void> {
  const gate = await openGate(t)
  for (const [index, attempt] of attempts.entries()) {
    const reply = await send(gate.session, callOf(attempt, gate), gate.isGzipped)
    t.match(reply, { status: 0, words: '' }, attempt.it)
    t.equal(gate.upstream.calls.length, index + 1)
  }
}
