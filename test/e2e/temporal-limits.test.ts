import t, { type Test } from 'tap'
import {
  createCaller,
  decodeResponse,
  encodeRequest,
  type Caller,
  type Reply,
} from '../support/caller.ts'
import { startSallyport, type RunningSallyport } from '../support/sallyport.ts'
import { startTemporal } from '../support/temporal.ts'

// Polls are held for over a minute, side by side.
t.setTimeout(240_000)

const namespace = 'payments'
const mebibyte = 1024 * 1024

const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377" }
    grants:
      - { namespace: payments, role: admin }
`

/** The server takes up to a sixth off this, so that it ends a poll only after {@link heldForMs}. */
const pollExpiry = '"80s"'

/** Past the minute at which careless proxies cut a connection that is silent. */
const heldForMs = 65_000

interface Doors {
  /** To the server itself. */
  readonly direct: Caller
  readonly through: Caller
  readonly sallyport: RunningSallyport
}

async function startDoors(t: Test): Promise<Doors> {
  const dynamicConfig = { 'matching.longPollExpirationInterval': pollExpiry }
  const temporal = await startTemporal({ namespaces: [namespace], dynamicConfig })
  t.teardown(temporal.stop)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: temporal.address })
  const direct = createCaller({ address: temporal.address })
  t.teardown(direct.close)
  return { direct, through: sallyport.caller(), sallyport }
}

/** A start whose input is so many bytes of nothing in particular. */
function startOf(workflowId: string, inputBytes: number): Uint8Array {
  return encodeRequest('StartWorkflowExecution', {
    namespace,
    workflowId,
    workflowType: { name: 'LedgerRollup' },
    taskQueue: { name: 'nobody' },
    requestId: workflowId,
    input: payloadsOf(inputBytes),
  })
}

function payloadsOf(bytes: number): object {
  const metadata = { encoding: Buffer.from('binary/plain') }
  return { payloads: [{ metadata, data: Buffer.alloc(bytes, 'ledger ') }] }
}

/** A reply without what differs from call to call. */
const ending = ({ status, words }: Reply) => ({ status, words })

t.test('the real server, with Sallyport in front of it and without', async (t) => {
  const doors = await startDoors(t)
  t.jobs = 10
  t.test('takes the same largest input', (t) => largestInput(t, doors))
  t.test('hands out the same history of more than 5 MiB', (t) => largeHistory(t, doors))
  t.test('is spared a request of more than 4 MiB', (t) => tooLarge(t, doors))
  t.test('ends a poll that was held for more than 65 s', (t) => longPoll(t, doors))
  t.test('ends a wait for the end of a workflow', (t) => longWait(t, doors))
  t.test('loses no task to a poll whose caller went away', (t) => cancelledPoll(t, doors))
  t.test('answers others while fifty polls are held', (t) => fiftyPolls(t, doors))
})

async function largestInput(t: Test, { direct, through }: Doors) {
  let attempt = 0
  const accepts = async (caller: Caller, bytes: number) => {
    const { status, words } = await caller.call(
      'StartWorkflowExecution',
      startOf(`input-${attempt++}`, bytes),
    )
    if (status !== 0) t.match({ status, words }, { status: 3, words: /exceeds size limit|exceed/i })
    return status === 0
  }
  // The limit counts the payload's own framing, which is less than 100 bytes.
  let largest = 2 * mebibyte - 100
  t.ok(await accepts(direct, largest))
  for (let step = 64; step > 0; step = Math.floor(step / 2)) {
    if (await accepts(direct, largest + step)) largest += step
  }
  t.ok(largest > 2 * mebibyte - 100)
  t.equal(await accepts(direct, largest), true, `${largest} bytes go in directly`)
  t.equal(await accepts(direct, largest + 1), false)
  t.equal(await accepts(through, largest), true, `${largest} bytes go in through Sallyport`)
  t.equal(await accepts(through, largest + 1), false, 'and the server refuses one more itself')
}

async function largeHistory(t: Test, { direct, through }: Doors) {
  const workflowId = 'large-history'
  t.equal((await through.call('StartWorkflowExecution', startOf(workflowId, 2e6))).status, 0)
  for (const signalName of ['one', 'two', 'three']) {
    const signal = {
      namespace,
      workflowExecution: { workflowId },
      signalName,
      requestId: signalName,
    }
    const message = encodeRequest('SignalWorkflowExecution', { ...signal, input: payloadsOf(2e6) })
    t.equal((await through.call('SignalWorkflowExecution', message)).status, 0)
  }
  const get = { namespace, execution: { workflowId } }
  const [expected, got] = await Promise.all([
    direct.call('GetWorkflowExecutionHistory', get),
    through.call('GetWorkflowExecutionHistory', get),
  ])
  t.equal(expected.status, 0)
  t.equal(got.status, 0)
  const bytes = expected.message?.length ?? 0
  t.ok(bytes > 5 * mebibyte, `${bytes} bytes`)
  t.ok(got.message?.equals(expected.message ?? Buffer.of()), 'byte for byte the same')
}

/** The prefix by which SDKs tell that it is no use to send the same again. */
const tooLargeWords = /^grpc: received message larger than max/

async function tooLarge(t: Test, { direct, through, sallyport }: Doors) {
  const exactly = (bytes: number) => {
    const rest = bytes - startOf('too-large', 0).length
    // Longer lengths take more bytes to write, so the padding is found by trying.
    let message = startOf('too-large', rest)
    for (let cut = 0; message.length > bytes; cut++) message = startOf('too-large', rest - cut)
    return message
  }
  const [largest, larger] = [exactly(4 * mebibyte), exactly(4 * mebibyte + 1)]
  t.equal(largest.length, 4 * mebibyte)
  t.equal(larger.length, 4 * mebibyte + 1)
  const method = 'StartWorkflowExecution'
  t.match(await direct.call(method, larger), { status: 8, words: tooLargeWords })
  t.match(await through.call(method, larger), { status: 8, words: tooLargeWords })
  t.ok(sallyport.entries().some(({ code }) => code === 'message_too_large'))
  const [expected, got] = [await direct.call(method, largest), await through.call(method, largest)]
  t.same(ending(got), ending(expected), 'on 4 MiB the server decides')
  t.ok(
    sallyport.entries().some(({ bytes }) => bytes === largest.length),
    'having seen them',
  )
}

async function held(call: Promise<Reply>): Promise<Reply & { readonly heldMs: number }> {
  const began = performance.now()
  const reply = await call
  return { ...reply, heldMs: performance.now() - began }
}

async function longPoll(t: Test, { direct, through }: Doors) {
  const poll = { namespace, taskQueue: { name: 'empty' }, identity: 'a test' }
  const parts = { deadlineMs: 72_000 }
  const [expected, got] = await Promise.all([
    held(direct.call('PollWorkflowTaskQueue', poll, parts)),
    held(through.call('PollWorkflowTaskQueue', poll, parts)),
  ])
  t.same(ending(got), ending(expected))
  t.same(got.message, expected.message, 'an empty answer, which tells a worker to poll again')
  t.equal(got.status, 0)
  t.ok(got.heldMs > heldForMs, `held for ${got.heldMs} ms`)
}

async function longWait(t: Test, { direct, through }: Doors) {
  const workflowId = 'waited-for'
  t.equal((await direct.call('StartWorkflowExecution', startOf(workflowId, 10))).status, 0)
  const wait = {
    namespace,
    execution: { workflowId },
    waitNewEvent: true,
    // What `workflow result` waits for: the event that closes the workflow.
    historyEventFilterType: 2,
  }
  const [expected, got] = await Promise.all([
    held(direct.call('GetWorkflowExecutionHistory', wait)),
    held(through.call('GetWorkflowExecutionHistory', wait)),
  ])
  t.same(ending(got), ending(expected))
  t.equal(got.status, 0)
  t.ok(got.heldMs > 15_000, `held for ${got.heldMs} ms, of the server's 20 s`)
  const eventsIn = ({ message }: Reply) =>
    decodeResponse('GetWorkflowExecutionHistory', message ?? Buffer.of())['history']
  t.same(eventsIn(got), eventsIn(expected))
}

async function cancelledPoll(t: Test, { direct, through, sallyport }: Doors) {
  const taskQueue = { name: 'abandoned' }
  const poll = { namespace, taskQueue, identity: 'a test' }
  const pollers = async () => {
    const describe = { namespace, taskQueue, taskQueueType: 1 }
    const { message } = await direct.call('DescribeTaskQueue', describe)
    return decodeResponse('DescribeTaskQueue', message ?? Buffer.of())['pollers'] as unknown[]
  }
  const leaving = new AbortController()
  const abandoned = through.call('PollWorkflowTaskQueue', poll, { signal: leaving.signal })
  while ((await pollers()).length === 0) continue
  leaving.abort()
  t.equal((await abandoned).status, 1)
  const isOver = () =>
    sallyport
      .entries()
      .some(({ kind, outcome }) => kind === 'completion' && outcome === 'cancelled')
  while (!isOver()) await pollers()

  const start = { namespace, workflowId: 'abandoned', workflowType: { name: 'LedgerRollup' } }
  const started = { ...start, taskQueue, requestId: 'abandoned' }
  t.equal((await direct.call('StartWorkflowExecution', started)).status, 0)
  const { message } = await through.call('PollWorkflowTaskQueue', poll, { deadlineMs: 8_000 })
  const task = decodeResponse('PollWorkflowTaskQueue', message ?? Buffer.of())
  t.match(task, { workflowExecution: { workflowId: 'abandoned' }, attempt: 1 })
}

async function fiftyPolls(t: Test, { through, sallyport }: Doors) {
  const leaving = new AbortController()
  const poll = { namespace, taskQueue: { name: 'crowded' }, identity: 'a test' }
  const polls = Array.from({ length: 50 }, () =>
    through.call('PollWorkflowTaskQueue', poll, { signal: leaving.signal }),
  )
  const areHeld = () =>
    sallyport.entries().filter(({ task_queue: queue }) => queue === 'crowded').length === 50
  while (!areHeld()) await through.call('GetSystemInfo')
  for (let count = 0; count < 5; count++) {
    const { status, heldMs } = await held(through.call('DescribeNamespace', { namespace }))
    t.equal(status, 0)
    t.ok(heldMs < 2_000, `answered in ${heldMs} ms`)
  }
  leaving.abort()
  t.ok((await Promise.all(polls)).every(({ status }) => status === 1))
}
