import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Client, Connection } from '@temporalio/client'
import t, { type Test } from 'tap'
import { createCaller, encodeRequest } from '../support/caller.ts'
import { machines } from '../support/differential-cases.ts'
import {
  comparable,
  findRawCallers,
  java,
  python,
  type PlannedCall,
  type Server,
} from '../support/differential.ts'
import { askProgram, findTool } from '../support/differential-tools.ts'
import { until } from '../support/audit-files.ts'
import { startSallyport } from '../support/sallyport.ts'
import { startTemporal } from '../support/temporal.ts'

// Real callers and a real Temporal server, directly and through Sallyport.

t.setTimeout(300_000)

const namespace = 'payments'
const service = 'temporal.api.workflowservice.v1.WorkflowService'

const [go, py, jvm, grpcurl] = await Promise.all([
  findTool('go-peers'),
  findTool('python-caller'),
  findTool('java-caller'),
  findTool('grpcurl'),
])
const callers = await findRawCallers()

const temporal = await startTemporal({ namespaces: [namespace] })
t.teardown(temporal.stop)
const sallyport = await startSallyport(t, { machines, upstreamAddress: temporal.address })
const direct: Server = { address: temporal.address }
const relayed: Server = {
  address: sallyport.address,
  ca: sallyport.ca,
  token: sallyport.mint(),
}

function asking(name: string, method: string, request: object): PlannedCall {
  const message = Buffer.from(encodeRequest(method, request)).toString('base64')
  return { name, path: `/${service}/${method}`, message }
}

/** A workflow that has ended, so that what is said of it changes no more. */
async function endedWorkflow(t: Test): Promise<void> {
  const caller = createCaller({ address: temporal.address })
  t.teardown(() => caller.close())
  const execution = { workflowId: 'ledger-ended' }
  const started = await caller.call('StartWorkflowExecution', {
    namespace,
    workflowId: 'ledger-ended',
    workflowType: { name: 'LedgerRollup' },
    taskQueue: { name: 'nobody' },
    requestId: 'a request',
    memo: { fields: { note: { data: Buffer.alloc(20_000, 'note') } } },
    input: { payloads: [{ data: Buffer.alloc(1_500_000, 'ledger') }] },
  })
  t.equal(started.status, 0)
  const ended = await caller.call('TerminateWorkflowExecution', {
    namespace,
    workflowExecution: execution,
    reason: 'é – for good',
  })
  t.equal(ended.status, 0)
  const request = { namespace, execution }
  // What the visibility store adds comes a moment after the fact.
  let before: Buffer = Buffer.of()
  await until(async () => {
    const { message = Buffer.of() } = await caller.call('DescribeWorkflowExecution', request)
    const isSettled = message.length > 0 && message.equals(before)
    before = message
    return isSettled
  })
}

const missing = { workflowId: 'nobody-started-this' }
const unknown = { workflowId: 'ledger-ended', runId: '00000000-0000-4000-8000-000000000000' }
const execution = { workflowId: 'ledger-ended' }

/** Calls that change nothing, with the code that each must end with. */
const reading: readonly (readonly [code: number, call: PlannedCall])[] = [
  [0, asking('about the system', 'GetSystemInfo', {})],
  [0, asking('a namespace', 'DescribeNamespace', { namespace })],
  [0, asking('a workflow', 'DescribeWorkflowExecution', { namespace, execution })],
  [0, asking('a history of 1.5 MB', 'GetWorkflowExecutionHistory', { namespace, execution })],
  [0, asking('no schedules', 'ListSchedules', { namespace })],
  [5, asking('a missing workflow', 'DescribeWorkflowExecution', { namespace, execution: missing })],
  [5, asking('a missing run', 'GetWorkflowExecutionHistory', { namespace, execution: unknown })],
  [5, asking('a missing schedule', 'DescribeSchedule', { namespace, scheduleId: 'nobody' })],
  [3, asking('no workflow', 'DescribeWorkflowExecution', { namespace })],
  [3, asking('a query of nothing', 'QueryWorkflow', { namespace, execution })],
  [
    5,
    asking('a signal behind the end', 'SignalWorkflowExecution', {
      namespace,
      workflowExecution: execution,
      signalName: 'post',
    }),
  ],
  [
    6,
    asking('a start of what may not start again', 'StartWorkflowExecution', {
      namespace,
      workflowId: 'ledger-ended',
      workflowType: { name: 'LedgerRollup' },
      taskQueue: { name: 'nobody' },
      workflowIdReusePolicy: 3,
      requestId: 'another',
    }),
  ],
]

t.test('a real server says the same to every library, byte for byte', async (t) => {
  await endedWorkflow(t)
  const calls = reading.map(([, call]) => call)
  for (const { name, missing, make } of callers) {
    await t.test(name, { skip: missing }, async (t) => {
      const expected = comparable(await make({ ...direct, calls }))
      const seen = comparable(await make({ ...relayed, calls }))
      for (const [code, call] of reading) {
        t.match(expected[call.name], { code }, call.name)
        t.same(seen[call.name], expected[call.name], call.name)
      }
    })
  }
})

/** Steps and what was seen of them, without what is another for each run of a workflow. */
type Steps = readonly (readonly [step: string, seen: string])[]

function stripped(steps: Steps): Steps {
  const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
  // The same in the hex of an error's details.
  const hexId = /(?:3[0-9]|6[1-6]){8}2d(?:(?:3[0-9]|6[1-6]){4}2d){3}(?:3[0-9]|6[1-6]){12}/g
  return steps.map(([step, seen]) => [step, seen.replaceAll(id, 'ID').replaceAll(hexId, 'HEX-ID')])
}

const sdks = [
  { name: 'Go', missing: go.missing, command: [`${go.folder}/caller`, 'sdk'] },
  { name: 'Python', missing: py.missing, command: python(py, 'sdk.py') },
  { name: 'Java', missing: jvm.missing, command: java(jvm, 'sdk') },
]

for (const { name, missing, command } of sdks) {
  t.test(`Temporal's SDK for ${name} sees the same both ways`, { skip: missing }, async (t) => {
    const plan = { namespace, workflowId: `ledger-${name.toLowerCase()}` }
    const expected = stripped(await askProgram<Steps>(command, { ...direct, ...plan }))
    const seen = stripped(await askProgram<Steps>(command, { ...relayed, ...plan }))
    t.same(seen, expected)
    const all = Object.fromEntries(expected)
    t.match(all['start again'], /already ?started/i)
    t.match(all['start with too much'], /exceeds|larger|limit/i)
    t.match(all['describe'], /^(running|WORKFLOW_EXECUTION_STATUS_RUNNING|1) ?3$/i)
    t.match(all['signal what is not there'], /not ?found/i)
    t.match(all['result'], /terminated/i)
    t.ok(expected.filter(([step]) => step === 'event').length >= 3)
  })
}

t.test("Temporal's SDK for TypeScript sees the same both ways", async (t) => {
  const steps = async (address: string, options: object): Promise<Steps> => {
    const connection = await Connection.connect({ address, ...options })
    const seen: [string, string][] = []
    const step = async (name: string, what: () => Promise<unknown>) => {
      const words = (error: Error): string =>
        `${error.name}: ${error.message}${error.cause instanceof Error ? ` ${words(error.cause)}` : ''}`
      seen.push([name, String(await what().catch(words))])
    }
    const { workflow } = new Client({ connection, namespace })
    const handle = workflow.getHandle('ledger-typescript')
    const missing = workflow.getHandle('nobody-started-this')
    const start = (argument: string) => async () =>
      (await workflow.start('LedgerRollup', { taskQueue: 'nobody', workflowId, args: [argument] }))
        .workflowId
    const workflowId = 'ledger-typescript'
    await step('start', start('ledger '.repeat(10_000)))
    await step('start again', start('again'))
    await step('start with too much', start('x'.repeat(3_000_000)))
    await step('signal', () => handle.signal('post', 5))
    await step('describe', async () => (await handle.describe()).status.name)
    await step('describe what is not there', () => missing.describe())
    await step('signal what is not there', () => missing.signal('post', 5))
    await step('terminate', async () => void (await handle.terminate('é 100 % done\nwith it')))
    await step('terminate again', () => handle.terminate())
    await step('result', () => handle.result())
    await connection.close()
    return stripped(seen)
  }
  const tls = {
    serverRootCACertificate: Buffer.from(sallyport.ca),
    serverNameOverride: 'localhost',
  }
  const expected = await steps(direct.address, {})
  t.same(await steps(relayed.address, { tls, apiKey: relayed.token }), expected)
  t.match(Object.fromEntries(expected), {
    'start again': /already started/i,
    describe: 'RUNNING',
    result: /terminated/i,
  })
})

const missingTool = go.missing || grpcurl.missing

t.test('grpcurl sees the same both ways', { skip: missingTool }, async (t) => {
  const curl = async (data: object, method: string, to: readonly string[]) => {
    const protoset = ['-protoset', `${go.folder}/temporal.protoset`, '-format-error']
    const parts = [...protoset, '-d', JSON.stringify(data), ...to, `${service}/${method}`]
    const maxBuffer = 16 * 1024 * 1024
    const run = promisify(execFile)(`${grpcurl.folder}/grpcurl`, parts, { maxBuffer })
    return run.then(
      ({ stdout }) => stdout,
      ({ stderr }: { stderr: string }) => stderr,
    )
  }
  const ways = [
    ['-plaintext', direct.address],
    [
      '-cacert',
      sallyport.caFile,
      '-authority',
      'localhost',
      '-H',
      `authorization: Bearer ${relayed.token}`,
      relayed.address,
    ],
  ]
  const asked: readonly [method: string, data: object, words: RegExp][] = [
    ['GetSystemInfo', {}, /serverVersion/],
    ['DescribeNamespace', { namespace }, /payments/],
    ['GetWorkflowExecutionHistory', { namespace, execution }, /EVENT_TYPE_WORKFLOW_EXECUTION/],
    ['DescribeWorkflowExecution', { namespace, execution: missing }, /NotFound/],
  ]
  for (const [method, data, words] of asked) {
    const [expected, seen] = await Promise.all(ways.map((to) => curl(data, method, to)))
    t.match(expected, words, method)
    t.equal(seen, expected, method)
  }
})
