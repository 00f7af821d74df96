import { encodeMessage, encodeRequest } from './caller.ts'
import type { Pair, PlannedCall } from './differential.ts'
import { asking, type AskedAnswer } from './grpc-go-upstream.ts'

const service = '/temporal.api.workflowservice.v1.WorkflowService'

export const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants:
      - { namespace: payments, role: admin }
`

/** A start of a workflow whose argument is so many bytes, which do not compress to nothing. */
export function startRequest(id: string, argumentBytes = 100): string {
  const data = Buffer.alloc(argumentBytes)
  for (let at = 0; at < argumentBytes; at += 1) data[at] = (at * 7 + (at >> 8) * 13) & 0xff
  const request = encodeRequest('StartWorkflowExecution', {
    namespace: 'payments',
    workflowId: id,
    workflowType: { name: 'LedgerRollup' },
    taskQueue: { name: 'ledger' },
    input: { payloads: [{ metadata: { encoding: Buffer.from('binary/plain') }, data }] },
  })
  return Buffer.from(request).toString('base64')
}

/** A start that the upstream is asked to answer in such a way. */
export function startAsking(
  name: string,
  answer: AskedAnswer,
  parts: Partial<PlannedCall> = {},
): PlannedCall {
  return {
    name,
    path: `${service}/StartWorkflowExecution`,
    message: startRequest(name),
    ...parts,
    metadata: [...(parts.metadata ?? []), asking(name, answer)],
  }
}

/** A call and the code that it must end with, so that both ways cannot fail alike. */
export interface Case {
  readonly call: PlannedCall
  readonly code: number
}

const ok = (name: string, answer: AskedAnswer, parts?: Partial<PlannedCall>): Case => ({
  call: startAsking(name, answer, parts),
  code: 0,
})

const echo = (name: string, parts: Partial<PlannedCall>): Case => ok(name, { echo: true }, parts)

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('base64')
const long = 'many words of metadata, '.repeat(170).trim()

const metadata: readonly Pair[] = [
  ['x-one', 'a value with spaces, and a comma'],
  ['x-many', 'first'],
  ['x-many', 'second'],
  ['x-long', long],
  ['x.dots_and-dashes', `!"#$%&'()*+,-./:;<=>?@[]^_{|}~`],
  ['x-bytes-bin', everyByte],
  ['x-bytes-bin', 'AA=='],
  ['x-empty', ''],
]

/** Without what Go's server takes out of metadata, or joins. */
const answered: readonly Pair[] = [
  ['y-one', 'a value with spaces, and a comma'],
  ['y-many', 'first'],
  ['y-many', 'second'],
  ['y-long', long],
  ['y-bytes-bin', everyByte],
  ['y-bytes-bin', 'AA=='],
]

const inTrailers = answered.map(([name, value]): Pair => [`z${name.slice(1)}`, value])

const words = 'é – 100 % of "that"\nwent\twrong ✗ 日本 %41'

/** Details as Temporal's frontend sends them, and one that nobody knows. */
const details = [
  detail('temporal.api.errordetails.v1.NotFoundFailure', {
    currentCluster: 'a',
    activeCluster: 'b',
  }),
  detail('temporal.api.errordetails.v1.NamespaceNotFoundFailure', { namespace: 'payments' }),
  { typeUrl: 'type.googleapis.com/nobody.Knows', value: everyByte },
]

function detail(type: string, value: object) {
  const encoded = Buffer.from(encodeMessage(type, value)).toString('base64')
  return { typeUrl: `type.googleapis.com/${type}`, value: encoded }
}

const large = {
  typeUrl: 'type.googleapis.com/nobody.Knows',
  value: Buffer.alloc(30_000, 'details').toString('base64'),
}

const errors: readonly Case[] = Array.from({ length: 16 }, (_, at) => at + 1).flatMap((code) => [
  { call: startAsking(`error ${code}`, { code, words: `error ${code}` }), code },
  { call: startAsking(`error ${code}, with details`, { code, words, details }), code },
])

/** What a gRPC server may do, and what a caller may send, where nobody goes before the end. */
export const cases: readonly Case[] = [
  ...errors,
  { call: startAsking('an error without words', { code: 9 }), code: 9 },
  { call: startAsking('large details', { code: 5, words, details: [large] }), code: 5 },
  {
    call: startAsking('an error with a head', { code: 5, words, head: answered, headAtOnce: true }),
    code: 5,
  },
  {
    call: startAsking('an error with all metadata', {
      code: 5,
      words,
      details,
      head: answered,
      trailers: inTrailers,
    }),
    code: 5,
  },
  {
    call: startAsking('an error behind its message', {
      messages: [1_000],
      code: 13,
      words,
      trailers: inTrailers,
    }),
    code: 13,
  },
  ok('an empty message', { messages: [0] }),
  ok('a small message', { messages: [585] }),
  ok('a message of 65,536 bytes with its prefix', { messages: [65_531] }),
  ok('a message of one byte more', { messages: [65_532] }),
  ok('a message of 1 MB', { messages: [1_000_000] }),
  ok('a message of 8 MB', { messages: [8 * 1024 * 1024] }),
  ok('metadata of the answer', { messages: [10], head: answered, trailers: inTrailers }),
  ok('a head long before the rest', { messages: [10], headAtOnce: true, delayMs: 150 }),
  ok('a status long after the rest', { messages: [10], delayAfterMs: 150 }),
  ok('a delayed answer', { messages: [10], delayMs: 150 }),
  echo('metadata of the request', { metadata }),
  echo('a request of 3.9 MB', { message: startRequest('large', 3_900_000) }),
  echo('a compressed request', { gzip: true, message: startRequest('gzip', 20_000) }),
  echo('a compressed request of 3.9 MB', { gzip: true, message: startRequest('x', 3_900_000) }),
  ok('a compressed request and a large answer', { messages: [3_000_000] }, { gzip: true }),
  echo('an empty request', { path: `${service}/GetSystemInfo`, message: '' }),
  echo('an empty request, compressed', {
    path: `${service}/GetSystemInfo`,
    message: '',
    gzip: true,
  }),
]

/** What no unary answer may be. What a caller makes of it is its own affair, but it must be the same. */
export const malformedAnswers: readonly PlannedCall[] = [
  startAsking('OK without a message', {}),
  startAsking('OK with a head and no message', { headAtOnce: true, head: answered }),
  startAsking('two messages', { messages: [10, 20] }),
  startAsking('code 17', { code: 17, words: 'not a code of gRPC' }),
  startAsking('code 999', { code: 999, words: 'not a code of gRPC' }),
]
