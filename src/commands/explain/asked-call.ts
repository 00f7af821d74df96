import { didYouMean } from '../../config/did-you-mean.ts'
import type { Call } from '../../core/call.ts'
import type { Method } from '../../core/method.ts'
import type { Refusal } from '../../core/refusal.ts'
import {
  callOf,
  encodeMessage,
  fieldsOfRequest,
  type RequestFields,
} from '../../temporal/encode-request.ts'
import { methods } from '../../temporal/methods.ts'
import { readRequest } from '../../temporal/read-request.ts'
import { readRequestJson, type UnreadField } from '../../temporal/request-json.ts'
import { requestShapes } from '../../temporal/request-shapes.ts'
import type { Shape } from '../../temporal/shape.ts'
import { isObject, readJson } from './input-file.ts'
import type { Note } from './note.ts'
import type { AskedCall } from './options.ts'
import { UsageError } from './usage-error.ts'

/** A call that somebody might make, encoded and read as a real one would be. */
export interface CallInQuestion {
  readonly method: Method
  readonly call: Call | Refusal
  readonly notes: readonly Note[]
}

/**
 * The call that flags or a request file describe.
 *
 * @throws {UsageError | InvalidRequestJson} where they describe none.
 */
export async function readAskedCall(asked: AskedCall): Promise<CallInQuestion> {
  const known = methodCalled(asked.method)
  const { method } = known
  if (asked.requestFile === undefined) {
    const { fields } = asked
    if (fields.namespace === undefined && method.scope === 'namespace') {
      throw new UsageError(`${method.name} acts in a namespace; add --namespace`)
    }
    return { method, call: callOf(method, fields), notes: fieldNotes(method, fields) }
  }
  const json = await readJson('--request', asked.requestFile)
  return callOfJson(known, withNamespace(json, asked.fields.namespace))
}

interface KnownMethod {
  readonly method: Method
  readonly shape: Shape
}

/** A method by its name, or by the path of its RPC. */
function methodCalled(name: string): KnownMethod {
  const method = methods.find((candidate) => candidate.name === name || candidate.path === name)
  const shape = method && requestShapes[method.name]
  if (shape) return { method, shape }
  const known = methods.map((candidate) => candidate.name)
  const hint = didYouMean(name, known) || 'write its name, such as StartWorkflowExecution'
  throw new UsageError(`--method ${name} is no public RPC that this version knows; ${hint}`)
}

function withNamespace(json: unknown, namespace: string | undefined): unknown {
  if (namespace === undefined || !isObject(json)) return json
  const own = json['namespace'] ?? namespace
  if (own === namespace) return { ...json, namespace }
  throw new UsageError('--namespace and the namespace in the request differ; leave out one of them')
}

function callOfJson({ method, shape }: KnownMethod, json: unknown): CallInQuestion {
  const { content, unread } = readRequestJson(shape, json)
  const message = encodeMessage(shape, content)
  const call = readRequest({ method, message, metadata: [], deadline: undefined })
  return { method, call, notes: unread.flatMap(misspeltNote) }
}

/** Most fields are not looked at, and that is fine; one that is nearly the name of one that is may be a slip. */
function misspeltNote({ path, name, known }: UnreadField): readonly Note[] {
  const hint = didYouMean(name, known)
  if (hint === '') return []
  return [{ code: 'field-unread', message: `the request's ${path} is not looked at; ${hint}` }]
}

const flags: Readonly<Record<keyof RequestFields, string>> = {
  namespace: '--namespace',
  workflowType: '--workflow-type',
  taskQueue: '--task-queue',
  workflowId: '--workflow-id',
  handler: '--handler',
}

/** Flags that say nothing, because the request has no such field: no rule could go by it. */
function fieldNotes(method: Method, fields: RequestFields): readonly Note[] {
  const had = fieldsOfRequest(method)
  const names = Object.keys(flags) as (keyof RequestFields)[]
  return names
    .filter((name) => fields[name] !== undefined && !had.has(name))
    .map((name) => ({
      code: 'flag-unused',
      message: `${flags[name]} is left aside: a ${method.name} request has no such field`,
    }))
}
