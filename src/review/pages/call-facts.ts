import { html, type Html } from '../html.ts'
import type { CallRecord } from '../review-index.ts'
import { shown } from './shown.ts'

/** An entry, or what is known from several. */
export type Facts = Readonly<Record<string, unknown>>

/** Names of the fields of an entry, and what they are called on the page, in its order. */
export type FactLabels = Readonly<Record<string, string>>

/** What was called. */
export const whatFields = {
  service: 'Service',
  method: 'Method',
  path: 'Path',
  verbs: 'Verbs',
  namespace: 'Namespace',
  workflow_id: 'Workflow id',
  workflow_type: 'Workflow type',
  task_queue: 'Task queue',
  request_id: 'Id that the caller chose',
  bytes: 'Bytes',
}

/** Who called. */
export const whoFields = {
  principal: 'Principal',
  issuer: 'Issuer',
  identity_kind: 'Kind',
  project_path: 'Project',
  ref: 'Ref',
  ref_protected: 'Ref is protected',
  environment: 'Environment',
  user_login: 'User',
  job_id: 'Job',
  pipeline_id: 'Pipeline',
  pipeline_source: 'Pipeline began by',
  sha: 'Commit',
  peer: 'Network address',
}

/** How it was decided. */
export const decisionFields = {
  outcome: 'Decision',
  code: 'Refusal',
  detail: 'Reason',
  rule: 'Rule that decided',
  rules: 'Rules that matched',
  role: 'Role',
  policy_hash: 'Policy',
  stale_keys: 'Keys were overdue',
}

/** What became of it. */
export const endingFields = {
  outcome: 'Outcome',
  code: 'Ended by Sallyport',
  detail: 'Reason',
  grpc_status: 'gRPC status',
  bytes: 'Bytes of the answer',
}

/** Whether one entry is both the decision and the completion, as the level `completion` has it. */
export function isOneEntry({ decision, completion }: CallRecord): boolean {
  return completion !== undefined && completion['seq'] === decision['seq']
}

/** What was decided. Where one entry says both, the outcome and its reasons are those of the end. */
export function decidedFacts(record: CallRecord): Facts {
  const { decision } = record
  if (!isOneEntry(record)) return decision
  return { ...decision, outcome: decision['decision'], code: undefined, detail: undefined }
}

/** A section of a call's page. */
export function factSection(title: string, rows: readonly Html[]): Html {
  return html`<section>
    <h2>${title}</h2>
    <dl>${rows.length > 0 ? rows : factRow('Nothing', html`is known`)}</dl>
  </section>`
}

/** What is known of some fields, a row for each. */
export function factRows(from: Facts, labels: FactLabels): readonly Html[] {
  return Object.entries(labels).flatMap(([name, label]) => {
    const text = factText(from[name])
    return text === undefined ? [] : [factRow(label, shown(text))]
  })
}

/** One fact: what it is called, and what it is. */
export function factRow(label: string, value: Html): Html {
  return html`<div>
    <dt>${label}</dt>
    <dd>${value}</dd>
  </div>`
}

/** A recorded value as text; undefined where there is none. */
export function factText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
