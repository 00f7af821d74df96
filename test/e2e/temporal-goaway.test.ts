import { connect } from 'node:http2'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Caller, Reply } from '../support/caller.ts'
import { startSallyport } from '../support/sallyport.ts'
import { createCli } from '../support/temporal-cli.ts'
import { startTemporal } from '../support/temporal.ts'
import { startUpstream } from '../support/upstream.ts'

t.setTimeout(240_000)

const namespace = 'payments'

const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377" }
    grants:
      - { namespace: payments, role: admin }
`

/** Calls one after the other, so many at a time, until it is over; hands back what did not end well. */
async function load(caller: Caller, callers: number, isOver: () => boolean) {
  const failures: Reply[] = []
  let count = 0
  const loop = async () => {
    while (!isOver()) {
      const reply = await caller.call('DescribeNamespace', { namespace })
      count++
      if (reply.status !== 0) failures.push(reply)
    }
  }
  await Promise.all(Array.from({ length: callers }, loop))
  return { count, failures: failures.map(({ status, words }) => ({ status, words })) }
}

t.test('an upstream that sends GOAWAY again and again fails no call', async (t) => {
  // A stand-in, which sends one far more often than the real server can be made to.
  const upstream = await startUpstream(async () => {
    await pause(20)
    return { message: Buffer.from('an answer') }
  })
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const caller = sallyport.caller()
  const ended = Date.now() + 4_000
  let goAways = 0
  // Not so often that a call that was refused by one connection meets the end of the next.
  const timer = setInterval(() => {
    goAways++
    upstream.goAway()
  }, 250)
  t.teardown(() => clearInterval(timer))
  const { count, failures } = await load(caller, 16, () => Date.now() > ended)
  t.same(failures, [])
  t.ok(count > 100, `${count} calls`)
  t.ok(goAways > 5, `${goAways} times`)
  t.ok(upstream.connections() > 5, `${upstream.connections()} connections, one after the other`)
})

t.test('the real server ends its connections every three seconds, and no call fails', async (t) => {
  const age = { 'frontend.keepAliveMaxConnectionAge': '"3s"' }
  const temporal = await startTemporal({ namespaces: [namespace], dynamicConfig: age })
  t.teardown(temporal.stop)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: temporal.address })
  const witness = goAwayOf(t, temporal.address)
  const ended = Date.now() + 15_000
  const isOver = () => Date.now() > ended

  const poll = { namespace, taskQueue: { name: 'empty' }, identity: 'a test' }
  const held = sallyport.caller().call('PollWorkflowTaskQueue', poll, { deadlineMs: 14_000 })
  const variables = {
    TEMPORAL_ADDRESS: sallyport.address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_API_KEY: sallyport.mint(),
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: sallyport.caFile,
  }
  const cli = createCli(t, { cli: temporal.cli, variables })
  const commands = async () => {
    const failures: string[] = []
    let count = 0
    for (; !isOver(); count++) {
      const { exitCode, stderr } = await cli('workflow', 'list')
      if (exitCode !== 0) failures.push(stderr)
    }
    return { count, failures }
  }
  const [calls, runs, heard] = await Promise.all([
    load(sallyport.caller(), 8, isOver),
    commands(),
    witness,
  ])
  t.equal(heard, 0, 'the server does send GOAWAY, without an error')
  t.same(calls.failures, [])
  t.ok(calls.count > 100, `${calls.count} calls`)
  t.same(runs.failures, [])
  t.ok(runs.count > 3, `${runs.count} commands`)
  t.match(await held, { status: 0 }, 'a poll outlives the connection that it came in on')
})

/** The code of the GOAWAY that a connection of our own to the server gets. */
async function goAwayOf(t: Test, address: string): Promise<unknown> {
  const session = connect(`http://${address}`)
  t.teardown(() => session.destroy())
  session.on('error', () => undefined)
  const [code] = (await once(session, 'goaway')) as [unknown]
  return code
}
