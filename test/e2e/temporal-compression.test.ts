import { gunzipSync } from 'node:zlib'
import { Client, Connection } from '@temporalio/client'
import { NativeConnection } from '@temporalio/worker'
import t, { type Test } from 'tap'
import { decodeMessage, encodeMessage } from '../support/caller.ts'
import { startSallyport, type RunningSallyport } from '../support/sallyport.ts'
import { createCli } from '../support/temporal-cli.ts'
import { findTestCli } from '../support/temporal.ts'
import { startUpstream, type SeenCall, type StandInUpstream } from '../support/upstream.ts'

// Stand-in upstreams, because the real server shows nobody what arrived.

t.setTimeout(240_000)

const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants:
      - { namespace: payments, role: starter }
`

const service = 'temporal.api.workflowservice.v1'

/** Answers a start as the server would, and everything else with an empty message. */
async function startFrontend(t: Test): Promise<StandInUpstream> {
  const started = encodeMessage(`${service}.StartWorkflowExecutionResponse`, { runId: 'run-1' })
  const upstream = await startUpstream(({ path }) => ({
    message: path.endsWith('/StartWorkflowExecution') ? started : Buffer.of(),
  }))
  t.teardown(upstream.close)
  return upstream
}

/** The one start that arrived. */
function startAt({ calls }: StandInUpstream): SeenCall {
  const [start, ...others] = calls.filter(({ path }) => path.endsWith('/StartWorkflowExecution'))
  if (start === undefined || others.length > 0) throw new Error('one start was expected')
  return start
}

const idIn = (message: Uint8Array) =>
  decodeMessage(`${service}.StartWorkflowExecutionRequest`, message)['workflowId']

/** Clients fall back to no compression where it is refused, and nobody would notice. */
function nothingWasRefused(t: Test, { entries }: RunningSallyport): void {
  t.notOk(
    entries().some(({ outcome }) => outcome === 'refused'),
    'accepted as it came',
  )
}

/** The same client once against a frontend of its own, and once through Sallyport against another. */
async function startBoth(t: Test) {
  const [direct, behind] = await Promise.all([startFrontend(t), startFrontend(t)])
  const sallyport = await startSallyport(t, { machines, upstreamAddress: behind.address })
  return { direct, behind, sallyport, token: sallyport.mint() }
}

t.test('the CLI compresses its requests, and the upstream gets them inflated', async (t) => {
  const { direct, behind, sallyport, token } = await startBoth(t)
  const cli = await findTestCli()
  const start = ['--type', 'LedgerRollup', '--task-queue', 'ledger', '--workflow-id', 'ledger-7']
  const commands = [
    createCli(t, {
      cli,
      variables: { TEMPORAL_ADDRESS: direct.address, TEMPORAL_NAMESPACE: 'payments' },
    }),
    createCli(t, {
      cli,
      variables: {
        TEMPORAL_ADDRESS: sallyport.address,
        TEMPORAL_NAMESPACE: 'payments',
        TEMPORAL_API_KEY: token,
        TEMPORAL_TLS_SERVER_CA_CERT_PATH: sallyport.caFile,
      },
    }),
  ]
  for (const temporal of commands) {
    t.match(await temporal('workflow', 'start', ...start), { exitCode: 0, stdout: /run-1/ })
  }
  const sent = startAt(direct)
  t.equal(sent.headers['grpc-encoding'], 'gzip')
  t.equal(idIn(gunzipSync(sent.message)), 'ledger-7')
  const forwarded = startAt(behind)
  t.not(forwarded.headers['grpc-encoding'], 'gzip')
  t.equal(idIn(forwarded.message), 'ledger-7')
  nothingWasRefused(t, sallyport)
})

t.test('the TypeScript client compresses nothing, and passes as it is', async (t) => {
  const { direct, behind, sallyport, token } = await startBoth(t)
  const tls = {
    serverRootCACertificate: Buffer.from(sallyport.ca),
    serverNameOverride: 'localhost',
  }
  const connections = [
    await Connection.connect({ address: direct.address }),
    await Connection.connect({ address: sallyport.address, apiKey: token, tls }),
  ]
  for (const connection of connections) {
    t.teardown(() => connection.close())
    const { workflow } = new Client({ connection, namespace: 'payments' })
    const started = { taskQueue: 'ledger', workflowId: 'ledger-7' }
    t.equal((await workflow.start('LedgerRollup', started)).firstExecutionRunId, 'run-1')
  }
  t.not(startAt(direct).headers['grpc-encoding'], 'gzip')
  t.equal(idIn(startAt(direct).message), 'ledger-7')
  t.equal(idIn(startAt(behind).message), 'ledger-7')
})

t.test('the connection of a worker compresses even what is empty', async (t) => {
  const { direct, behind, sallyport, token } = await startBoth(t)
  const tls = { serverRootCACertificate: Buffer.from(sallyport.ca) }
  const connections = [
    await NativeConnection.connect({ address: direct.address }),
    await NativeConnection.connect({ address: sallyport.address, apiKey: token, tls }),
  ]
  for (const connection of connections) {
    t.teardown(() => connection.close())
    await connection.workflowService.getSystemInfo({})
  }
  t.equal(direct.calls.at(-1)?.headers['grpc-encoding'], 'gzip')
  t.equal(gunzipSync(direct.calls.at(-1)?.message ?? '').length, 0)
  t.match(behind.calls.at(-1)?.path, /GetSystemInfo$/)
  t.not(behind.calls.at(-1)?.headers['grpc-encoding'], 'gzip')
  t.equal(behind.calls.at(-1)?.message.length, 0)
  nothingWasRefused(t, sallyport)
})
