import type { Call } from '../core/call.ts'
import type { Method } from '../core/method.ts'
import { isRefusal } from '../core/refusal.ts'
import { readRequest } from './read-request.ts'
import { requestShapes } from './request-shapes.ts'
import type { Field, Shape } from './shape.ts'
import { wireTypes } from './wire-reader.ts'

/** Fields of a request that a person would name to say which call is meant. */
export interface RequestFields {
  readonly namespace?: string | undefined
  readonly workflowType?: string | undefined
  readonly taskQueue?: string | undefined
  readonly workflowId?: string | undefined
  /** The name of a signal, an update or a query. */
  readonly handler?: string | undefined
}

/** Those, and what a request about a schedule has besides: the schedule's id is not that of what it starts. */
export interface NamedFields extends RequestFields {
  readonly scheduleId?: string | undefined
}

/** What a message holds, by field name. A field that the message's shape does not have is left out. */
export interface Content {
  readonly [field: string]: string | number | boolean | Content | readonly Content[] | undefined
}

/**
 * The call that a caller would make with these fields and nothing else. It is encoded and read again, so
 * what is decided on it is what would be decided on the real one. A task token, which every real request
 * that can carry one does carry, is there.
 */
export function callOf(method: Method, fields: NamedFields): Call {
  const message = encodeMessage(shapeOf(method), contentOf(method, fields))
  const call = readRequest({ method, message, metadata: [], deadline: undefined })
  if (isRefusal(call)) throw new Error(`cannot write a ${method.name} request: ${call.detail}`)
  return call
}

/** The fields that a method's request has, of those that can be named. */
export function fieldsOfRequest(method: Method): ReadonlySet<keyof NamedFields> {
  const names = Object.keys(fieldPaths) as (keyof NamedFields)[]
  return new Set(names.filter((name) => pathsOf(method, name).length > 0))
}

/** Where a field stands in the requests that have it: the first of these that is there. */
const fieldPaths: Readonly<Record<keyof NamedFields, readonly string[]>> = {
  namespace: ['namespace'],
  workflowType: ['workflow_type.name', 'schedule.action.start_workflow.workflow_type.name'],
  taskQueue: [
    'task_queue',
    'task_queue.name',
    'worker_heartbeat.task_queue',
    'schedule.action.start_workflow.task_queue.name',
  ],
  workflowId: [
    'workflow_id',
    'execution.workflow_id',
    'workflow_execution.workflow_id',
    'update_ref.workflow_execution.workflow_id',
    'schedule.action.start_workflow.workflow_id',
  ],
  scheduleId: ['schedule_id'],
  handler: ['signal_name', 'query.query_type', 'request.input.name'],
}

/** An update with start is two operations in one request; the workflow id stands in both. */
const operationPaths: typeof fieldPaths = {
  namespace: ['namespace'],
  workflowType: ['start_workflow.workflow_type.name'],
  taskQueue: ['start_workflow.task_queue.name'],
  workflowId: ['start_workflow.workflow_id', 'update_workflow.workflow_execution.workflow_id'],
  scheduleId: [],
  handler: ['update_workflow.request.input.name'],
}

function pathsOf(method: Method, name: keyof NamedFields): readonly string[] {
  const shape = shapeOf(method)
  if (method.name === 'ExecuteMultiOperation') return operationPaths[name]
  return fieldPaths[name].filter((path) => hasText(shape, path.split('.'))).slice(0, 1)
}

function shapeOf({ name }: Method): Shape {
  return requestShapes[name] ?? new Map()
}

function hasText(shape: Shape, [name, ...rest]: readonly string[]): boolean {
  const field = shape.values().find((candidate) => candidate.name === name)
  if (rest.length === 0) return field?.kind === 'string'
  return field?.shape !== undefined && hasText(field.shape, rest)
}

function contentOf(method: Method, fields: NamedFields): Content {
  const content: Record<string, unknown> = { task_token: true }
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    for (const path of pathsOf(method, name as keyof NamedFields)) put(content, path, value)
  }
  const { start_workflow, update_workflow, ...rest } = content as Content
  if (method.name !== 'ExecuteMultiOperation') return content as Content
  const operations = [
    { start_workflow: start_workflow ?? {} },
    { update_workflow: update_workflow ?? {} },
  ]
  return { ...rest, operations }
}

function put(content: Record<string, unknown>, path: string, value: string): void {
  let here = content
  for (const step of path.split('.').slice(0, -1)) {
    here = (here[step] ??= {}) as Record<string, unknown>
  }
  here[path.slice(path.lastIndexOf('.') + 1)] = value
}

/** Writes a message of a shape, fields in the order of the shape. */
export function encodeMessage(shape: Shape, content: Content): Uint8Array<ArrayBuffer> {
  const parts = [...shape].flatMap(([number, field]) => {
    const value = content[field.name]
    const values = Array.isArray(value) ? (value as readonly Content[]) : [value]
    return values.flatMap((one) => (one === undefined ? [] : encodeField(number, field, one)))
  })
  return Uint8Array.from(parts)
}

const utf8 = new TextEncoder()

function encodeField(number: number, field: Field, value: NonNullable<Content[string]>): number[] {
  if (field.kind === 'varint') {
    return [...varint(number * 8 + wireTypes.varint), ...varint(Number(value))]
  }
  const bytes = bytesOf(field, value)
  return [...varint(number * 8 + wireTypes.length), ...varint(bytes.length), ...bytes]
}

function bytesOf(field: Field, value: NonNullable<Content[string]>): Uint8Array {
  if (field.kind === 'string') return utf8.encode(value as string)
  // Of these only their presence is ever read.
  if (field.kind === 'bytes') return Uint8Array.of(1)
  return encodeMessage(field.shape ?? new Map(), value as Content)
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80)
  return [...bytes, rest]
}
