import t from 'tap'
import { readTestCalls } from '../../src/config/test-calls.ts'

type Entry = Parameters<typeof readTestCalls>[0]

function read(entry: Entry) {
  const lines: string[] = []
  const calls = readTestCalls(entry, ['call'], (code, path, message) => {
    lines.push(`${path.join('.')} ${message} [${code}]`)
  })
  return { calls: calls.map(({ method, fields }) => ({ method: method.name, ...fields })), lines }
}

t.test('a call without lists is one call', async (t) => {
  t.strictSame(read({ method: 'GetClusterInfo' }), {
    calls: [{ method: 'GetClusterInfo' }],
    lines: [],
  })
  const start = { namespace: 'p', workflow_type: 'T', task_queue: 'q', workflow_id: 'w' }
  t.strictSame(read({ method: 'SignalWithStartWorkflowExecution', ...start, handler: 'h' }).calls, [
    {
      method: 'SignalWithStartWorkflowExecution',
      namespace: 'p',
      workflowType: 'T',
      taskQueue: 'q',
      workflowId: 'w',
      handler: 'h',
    },
  ])
})

t.test('lists stand for every combination', async (t) => {
  const { calls } = read({
    method: ['DescribeWorkflowExecution', 'TerminateWorkflowExecution'],
    namespace: ['a', 'b'],
    workflow_id: ['x', 'y', 'z'],
  })
  t.equal(calls.length, 12)
  t.equal(new Set(calls.map((call) => JSON.stringify(call))).size, 12)
})

t.test('a method that Temporal does not have is said where it stands', async (t) => {
  t.strictSame(read({ method: 'StartWorkflow' }), {
    calls: [],
    lines: [
      "call.method is not an RPC of Temporal's API; did you mean StartWorkflowExecution? [value-invalid]",
    ],
  })
  t.match(read({ method: 'MakeTeaForEverybody' }).lines, [
    /write one such as StartWorkflowExecution/,
  ])
  t.match(read({ method: ['GetClusterInfo', 'GetKlusterInfo'] }).lines, [
    /call\.method\.1 .*did you mean GetClusterInfo\?/,
  ])
})

t.test('a field that the request does not have is a mistake, not left out', async (t) => {
  const { lines } = read({ method: ['DescribeWorkflowExecution'], workflow_type: 'T' })
  t.strictSame(lines, [
    'call.workflow_type is no field of DescribeWorkflowExecution; leave it out [value-invalid]',
  ])
})

t.test('a batch shows nothing of what it would do, so it is not tested', async (t) => {
  t.match(read({ method: 'StartBatchOperation', namespace: 'p' }).lines, [
    /carries its operation inside, which a test cannot write/,
  ])
})
