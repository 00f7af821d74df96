import type { Method } from '../core/method.ts'
import { fieldsOfRequest, type NamedFields } from '../temporal/encode-request.ts'
import { methods } from '../temporal/methods.ts'
import { didYouMean } from './did-you-mean.ts'
import type { TestEntry } from './policy-test-shape.ts'
import type { Report } from './report.ts'

/** A call as a test names it. */
export interface NamedCall {
  readonly method: Method
  readonly fields: NamedFields
}

type CallEntry = NonNullable<TestEntry['calls']>[number]
type Path = readonly PropertyKey[]

/** The keys of a call, and the fields of a request that they stand for. */
const fieldKeys = {
  namespace: 'namespace',
  workflow_type: 'workflowType',
  task_queue: 'taskQueue',
  workflow_id: 'workflowId',
  schedule_id: 'scheduleId',
  handler: 'handler',
} as const satisfies Record<string, keyof NamedFields>

/** The calls that an entry stands for: one with each combination of the values in its lists. */
export function readTestCalls(entry: CallEntry, path: Path, report: Report): NamedCall[] {
  const names = [entry.method].flat()
  const known = names.flatMap((name, at) => {
    const here = [...path, 'method', ...(Array.isArray(entry.method) ? [at] : [])]
    return methodNamed(name, here, report) ?? []
  })
  return known.flatMap((method) => {
    checkFields(method, entry, path, report)
    return combinationsOf(entry).map((fields) => ({ method, fields }))
  })
}

function methodNamed(name: string, path: Path, report: Report): Method | undefined {
  const method = methods.find((candidate) => candidate.name === name)
  if (method === undefined) {
    report('value-invalid', path, `is not an RPC of Temporal's API; ${methodHint(name)}`)
  } else if (name === 'StartBatchOperation') {
    const message = 'carries its operation inside, which a test cannot write; test its verb alone'
    report('value-invalid', path, message)
  }
  return method
}

/** People shorten: `StartWorkflow` is nearer to StartWorkflowExecution than its letters say. */
function methodHint(typed: string): string {
  const names = methods.map(({ name }) => name)
  const longer = names.find((name) => name.startsWith(typed))
  if (longer !== undefined) return `did you mean ${longer}?`
  return didYouMean(typed, names) || 'write one such as StartWorkflowExecution'
}

/** A field that the request does not have would be left out, and the test would say something else. */
function checkFields(method: Method, entry: CallEntry, path: Path, report: Report): void {
  const has = fieldsOfRequest(method)
  for (const [key, field] of Object.entries(fieldKeys)) {
    if (entry[key as keyof typeof fieldKeys] === undefined || has.has(field)) continue
    report('value-invalid', [...path, key], `is no field of ${method.name}; leave it out`)
  }
}

function combinationsOf(entry: CallEntry): NamedFields[] {
  let combinations: NamedFields[] = [{}]
  for (const [key, field] of Object.entries(fieldKeys)) {
    const values = [entry[key as keyof typeof fieldKeys] ?? []].flat()
    if (values.length === 0) continue
    combinations = combinations.flatMap((fields) =>
      values.map((value) => ({ ...fields, [field]: value })),
    )
  }
  return combinations
}
