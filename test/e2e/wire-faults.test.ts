import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Reply } from '../support/caller.ts'
import { createCaller } from '../support/caller.ts'
import { startFaultProxy, type Fault } from '../support/fault-proxy.ts'
import { serveSallyport } from '../support/served-sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

const request = { namespace: 'payments' }
const deadlineMs = 1_500
/** What a call may take beyond its deadline, here where others use the machine as well. */
const graceMs = 1_000

/** An upstream, a way to it that fails, and a Sallyport before them as its own process. */
async function startRig(t: Test) {
  const upstream = await startUpstream(() => ({ message: Buffer.from('an answer') }))
  const way = await startFaultProxy(upstream.address)
  const sallyport = await serveSallyport({ upstreamAddress: way.address, plaintext: true })
  const caller = createCaller({ address: sallyport.address, token: sallyport.issuer.mint() })
  t.teardown(async () => {
    caller.close()
    await sallyport.stop()
    await way.close()
    await upstream.close()
  })
  const call = () => timed(caller.call('DescribeNamespace', request, { deadlineMs }))
  return { upstream, way, sallyport, call }
}

async function timed(call: Promise<Reply>) {
  const began = performance.now()
  const { status, words } = await call
  return { status, words, ms: performance.now() - began }
}

/** Calls until one ends well, and tells how long that took; the last call if none does. */
async function recovery(call: () => ReturnType<typeof timed>, maxMs: number): Promise<number> {
  const began = performance.now()
  for (;;) {
    const { status } = await call()
    const ms = performance.now() - began
    if (status === 0 || ms > maxMs) return ms
    await pause(20)
  }
}

/** So many calls at once, which are under way while something happens. */
async function during(call: () => ReturnType<typeof timed>, happen: () => void) {
  const calls = Array.from({ length: 40 }, async (_, index) => {
    await pause(index * 5)
    return call()
  })
  await pause(100)
  happen()
  return Promise.all(calls)
}

const faults: Readonly<Record<Exclude<Fault, 'none' | 'slow'>, number>> = {
  // Nobody hears of it but by what does not come: no call ends before its deadline.
  drops: 4,
  silent: 4,
  refuses: 14,
}

for (const [fault, status] of Object.entries(faults) as [Fault, number][]) {
  void t.test(`an upstream that ${fault}: no call hangs, and all is well after it`, async (t) => {
    const { way, call } = await startRig(t)
    t.equal((await call()).status, 0)
    const ended = await during(call, () => way.fail(fault))
    const late = ended.filter(({ ms }) => ms > deadlineMs + graceMs)
    t.same(late, [], 'none takes longer than its deadline')
    t.equal(ended.at(-1)?.status, status, ended.at(-1)?.words ?? '')
    const allowed = new Set([0, 4, 14])
    t.same(
      ended.filter((reply) => !allowed.has(reply.status)),
      [],
    )
    way.fail('none')
    // What was lost on the way does not come back, in a test as on a cable: both ends give up the rest.
    if (fault !== 'refuses') way.cut()
    const ms = await recovery(call, 20_000)
    t.ok(ms < 8_000, `well again after ${Math.round(ms)} ms, without a restart`)
    t.same(
      (await during(call, () => undefined)).filter((reply) => reply.status !== 0),
      [],
    )
  })
}

void t.test('an upstream that is slow answers late, and deadlines hold', async (t) => {
  const { way, call } = await startRig(t)
  t.equal((await call()).status, 0)
  way.fail('slow')
  const ended = await during(call, () => undefined)
  t.same(
    ended.filter(({ ms }) => ms > deadlineMs + graceMs),
    [],
  )
  t.ok(ended.every(({ status }) => status === 0 || status === 4))
  way.fail('none')
  t.ok((await recovery(call, 20_000)) < 8_000)
})

void t.test('connections that are cut or closed by half fail only what was on them', async (t) => {
  const { way, call } = await startRig(t)
  for (const happen of [way.cut, way.halfClose]) {
    t.equal((await call()).status, 0)
    const ended = await during(call, happen)
    t.same(
      ended.filter(({ status, ms }) => ![0, 14].includes(status) || ms > deadlineMs + graceMs),
      [],
    )
    t.ok(ended.filter(({ status }) => status === 0).length >= 20, 'most calls went well')
    t.ok((await recovery(call, 20_000)) < 5_000)
  }
})

void t.test('an upstream that was killed and comes back on its port is used again', async (t) => {
  const { upstream, way, call } = await startRig(t)
  t.equal((await call()).status, 0)
  const killed = await during(call, () => {
    way.fail('refuses')
    upstream.cut()
  })
  t.ok(killed.some(({ status }) => status === 14))
  t.ok(
    killed.every(({ ms }) => ms < deadlineMs + graceMs),
    'calls do not wait for somebody who is not there',
  )
  await pause(1_000)
  way.fail('none')
  const ms = await recovery(call, 20_000)
  t.ok(ms < 8_000, `used again after ${Math.round(ms)} ms`)
})

void t.test('storms of GOAWAY fail no call', async (t) => {
  const { upstream, sallyport, call } = await startRig(t)
  const storm = setInterval(upstream.goAway, 100)
  t.teardown(() => clearInterval(storm))
  const until = performance.now() + 3_000
  const failures: Awaited<ReturnType<typeof call>>[] = []
  let count = 0
  const loop = async () => {
    while (performance.now() < until) {
      const reply = await call()
      count += 1
      if (reply.status !== 0) failures.push(reply)
    }
  }
  await Promise.all(Array.from({ length: 8 }, loop))
  t.same(failures, [])
  t.ok(count > 100, `${count} calls, and ${upstream.connections()} connections`)
  t.ok(upstream.connections() > 20)
  t.ok(sallyport.isRunning())
})
