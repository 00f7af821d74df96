import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

/** Who is asked about: a set of claims, or a token that is decoded and not verified. */
export interface AskedSubject {
  readonly kind: 'claims' | 'token'
  readonly file: string
  readonly issuer: string | undefined
}

/** What is asked about. Without a request file, the fields say what a request would have. */
export interface AskedCall {
  readonly method: string
  readonly requestFile: string | undefined
  readonly fields: {
    readonly namespace: string | undefined
    readonly workflowType: string | undefined
    readonly taskQueue: string | undefined
    readonly workflowId: string | undefined
    readonly handler: string | undefined
  }
}

/** What to explain: a call that somebody might make, or one that somebody made. */
export type Question =
  | { readonly kind: 'asked'; readonly subject: AskedSubject; readonly call: AskedCall }
  | { readonly kind: 'recorded'; readonly id: string; readonly journal: string | undefined }

/** The command line of `sallyport explain`, checked. */
export interface ExplainOptions {
  /** Absent where a policy file is explained without its service file. */
  readonly configFile: string | undefined
  readonly policyFile: string | undefined
  readonly question: Question
  readonly json: boolean
}

const text = { type: 'string' } as const

/** Reads the command line. Throws a {@link UsageError} for options that do not make one question. */
export function readOptions(args: readonly string[]): ExplainOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: text,
      policy: text,
      issuer: text,
      claims: text,
      'token-file': text,
      method: text,
      namespace: text,
      'workflow-type': text,
      'task-queue': text,
      'workflow-id': text,
      handler: text,
      request: text,
      decision: text,
      journal: text,
      json: { type: 'boolean', default: false },
    },
  })
  const { config, policy, json } = values
  return {
    configFile: config ?? (policy === undefined ? 'sallyport.yaml' : undefined),
    policyFile: policy,
    question: values.decision === undefined ? askedOf(values) : recordedOf(values.decision, values),
    json,
  }
}

type Values = Readonly<Record<string, string | boolean | undefined>>

/** Options that describe a call or a caller, which a decision id already does. */
const callOptions = ['workflow-type', 'task-queue', 'workflow-id', 'handler'] as const
const askedOptions = [
  'issuer',
  'claims',
  'token-file',
  'method',
  'namespace',
  'request',
  ...callOptions,
]

function recordedOf(id: string, values: Values): Question {
  const extra = askedOptions.find((name) => values[name] !== undefined)
  if (extra !== undefined) {
    throw new UsageError(`--decision says who called what; leave out --${extra}`)
  }
  return {
    kind: 'recorded',
    id,
    journal: textOf(values, 'journal'),
  }
}

function askedOf(values: Values): Question {
  if (values['journal'] !== undefined) {
    throw new UsageError('--journal is where a decision is looked up; add --decision ID')
  }
  return { kind: 'asked', subject: subjectOf(values), call: callOf(values) }
}

function subjectOf(values: Values): AskedSubject {
  const claims = textOf(values, 'claims')
  const token = textOf(values, 'token-file')
  const issuer = textOf(values, 'issuer')
  if (claims !== undefined && token === undefined) return { kind: 'claims', file: claims, issuer }
  if (claims === undefined && token !== undefined) return { kind: 'token', file: token, issuer }
  throw new UsageError(
    'say who calls with one of --claims FILE, --token-file FILE and --decision ID',
  )
}

function callOf(values: Values): AskedCall {
  const method = textOf(values, 'method')
  const requestFile = textOf(values, 'request')
  if (method === undefined) {
    throw new UsageError('say what is called with --method, such as StartWorkflowExecution')
  }
  const extra = callOptions.find((name) => requestFile !== undefined && values[name] !== undefined)
  if (extra !== undefined) {
    throw new UsageError(`--request has all fields of the call; leave out --${extra}`)
  }
  const fields = {
    namespace: textOf(values, 'namespace'),
    workflowType: textOf(values, 'workflow-type'),
    taskQueue: textOf(values, 'task-queue'),
    workflowId: textOf(values, 'workflow-id'),
    handler: textOf(values, 'handler'),
  }
  return { method, requestFile, fields }
}

function textOf(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}
