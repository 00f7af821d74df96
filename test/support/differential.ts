import { join } from 'node:path'
import { askProgram, findTool, type FoundTool } from './differential-tools.ts'
import { callGrpcJs } from './grpc-js-calls.ts'
import { outsideTap, root } from './outside-tap.ts'

/** A name and a value of metadata. The value of a `-bin` name is base64. */
export type Pair = readonly [name: string, value: string]

/** One unary call that a program is to make with bytes of ours as its message. */
export interface PlannedCall {
  readonly name: string
  readonly path: string
  /** Base64. */
  readonly message: string
  readonly metadata?: readonly Pair[]
  readonly gzip?: boolean
  readonly deadlineMs?: number
  readonly cancelAfterMs?: number
}

export interface Server {
  readonly address: string
  /** Authority of its certificate in PEM; without it the connection is plaintext. */
  readonly ca?: string
  readonly token?: string
}

/** What the callers of every language read from standard input. */
export interface Plan extends Server {
  /** All calls at the same time, instead of one after the other. */
  readonly atOnce?: boolean
  readonly calls: readonly PlannedCall[]
}

/** What they write to standard output, one of each call: everything that gRPC tells its user. */
export interface Observation {
  readonly name: string
  readonly code: number
  readonly words: string
  readonly head: readonly Pair[]
  readonly trailers: readonly Pair[]
  readonly message: { readonly bytes: number; readonly sha256: string } | null
}

/** A real gRPC library, which makes the calls of a plan. */
export interface RawCaller {
  readonly name: string
  readonly missing: string | false
  readonly make: (plan: Plan) => Promise<readonly Observation[]>
}

const program = (name: string, { missing }: FoundTool, command: readonly string[]): RawCaller => ({
  name,
  missing,
  make: (plan) => askProgram(command, plan),
})

/** The command line of a Python program of test/fixtures/python-caller. */
export function python({ folder }: FoundTool, script: string): readonly string[] {
  const path = join(root, 'test', 'fixtures', 'python-caller', script)
  const variables = [`PYTHONPATH=${folder}`, 'PYTHONDONTWRITEBYTECODE=1']
  // Else the C core reports to standard error what the calls already tell.
  return [...outsideTap, ...variables, 'GRPC_VERBOSITY=NONE', 'python3', path]
}

/** The command line of test/fixtures/java-caller. */
export function java({ folder }: FoundTool, mode: 'raw' | 'sdk'): readonly string[] {
  const path = `${folder}/classes:${folder}/lib/*`
  // One run of it is short: what makes a long one fast only makes it slow to start.
  return ['java', '-XX:TieredStopAtLevel=1', '-Xshare:auto', '-cp', path, 'sallyport.Main', mode]
}

/** The gRPC implementations that Temporal's SDKs are built on, and C's. */
export async function findRawCallers(): Promise<readonly RawCaller[]> {
  const [go, py, jvm] = await Promise.all([
    findTool('go-peers'),
    findTool('python-caller'),
    findTool('java-caller'),
  ])
  return [
    { name: 'grpc-js', missing: false, make: callGrpcJs },
    program('grpc-go', go, [`${go.folder}/caller`, 'raw']),
    program('grpcio', py, python(py, 'raw.py')),
    program('grpc-java', jvm, java(jvm, 'raw')),
  ]
}

/** What each hop says for itself: `content-type` may name a codec, and the rest is about length, compression or the date. */
const ofTheHop = new Set([
  'content-type',
  'grpc-accept-encoding',
  'grpc-encoding',
  'date',
  'content-length',
  'server',
])

/** Metadata in an order that does not depend on the library; values of one name stay in theirs. */
function sorted(pairs: readonly Pair[]): readonly string[] {
  return pairs
    .filter(([name]) => !ofTheHop.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}: ${value}`)
}

/** What must be the same directly and through Sallyport, by the name of the call. */
export function comparable(observations: readonly Observation[]): Record<string, object> {
  return Object.fromEntries(
    observations.map(({ name, code, words, head, trailers, message }) => [
      name,
      { code, words, head: sorted(head), trailers: sorted(trailers), message },
    ]),
  )
}
