import t from 'tap'
import type { Metadata } from '../../src/core/call.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { readHead } from '../../src/listen/arrival.ts'
import { markNeverIndexed } from '../../src/wire/field-list.ts'

const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'
const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb2IifQ.c2lnbmF0dXJl'

/** What is read of these headers, in their order and as often as they stand there. */
function arrive(headers: Metadata, calledPath = path) {
  const pseudo = [':method', 'POST', ':scheme', 'http', ':authority', 'x', ':path', calledPath]
  const base = ['content-type', 'application/grpc', 'te', 'trailers']
  return readHead([...pseudo, ...base, ...headers.flatMap(([name, value]) => [name, value])])
}

void t.test('an arrival says what was called, by whom and for how long', async (t) => {
  const arrival = arrive([
    ['authorization', `Bearer ${token}`],
    ['grpc-timeout', '70S'],
    ['client-name', 'temporal-go'],
    ['user-agent', 'grpc-go'],
    ['x-many', 'one'],
    ['x-many', 'two'],
    ['x-some-bin', 'AP8='],
  ])
  t.match(arrival, { path, method: { name: 'StartWorkflowExecution' }, timeoutMs: 70_000 })
  t.same(arrival.credential, { kind: 'bearer', token })
  t.same(arrival.metadata, [
    ['client-name', 'temporal-go'],
    ['x-many', 'one'],
    ['x-many', 'two'],
    ['x-some-bin', 'AP8='],
  ])
})

void t.test('the token is in no field but the credential', async (t) => {
  const arrival = arrive([
    ['authorization', `Bearer ${token}`],
    ['authorization-extras', token],
    ['proxy-authorization', `Bearer ${token}`],
    ['cookie', `token=${token}`],
    ['temporal-api-key', token],
    ['grpc-metadata-authorization', token],
    ['x-of-the-caller', `again: ${token}`],
  ])
  const { credential, ...others } = arrival
  t.equal(credential.kind, 'bearer')
  t.notMatch(JSON.stringify(others), 'eyJ')
  t.same(others.metadata, [])
})

void t.test('two authorizations are two', async (t) => {
  const arrival = arrive([
    ['authorization', `Bearer ${token}`],
    ['authorization', 'Bearer other'],
  ])
  t.equal(arrival.credential.kind, 'malformed')
  t.notMatch(JSON.stringify(arrival), 'eyJ')
})

void t.test('control metadata of the caller goes no further', async (t) => {
  const arrival = arrive([
    ['caller-type', 'operator'],
    ['temporal-namespace', 'other'],
    ['temporal-principal-name', 'root'],
    ['x-forwarded-for', '10.0.0.1'],
    ['grpc-accept-encoding', 'gzip'],
    ['x-mine', 'kept'],
  ])
  t.same(arrival.metadata, [['x-mine', 'kept']])
})

void t.test('without metadata, credential and timeout there are none', async (t) => {
  const arrival = arrive([])
  t.same(arrival.credential, { kind: 'absent' })
  t.same(arrival.metadata, [])
  t.equal(arrival.timeoutMs, undefined)
})

const malformed: Readonly<Record<string, Metadata>> = {
  'a timeout that is none': [['grpc-timeout', 'soon']],
  'two timeouts': [
    ['grpc-timeout', '1S'],
    ['grpc-timeout', '2S'],
  ],
  'a value that is not ASCII': [['x-name', 'Grüße']],
  'a tab in a value': [['x-name', 'a\tb']],
  'a name that gRPC does not know': [['x!name', 'value']],
}

for (const [name, headers] of Object.entries(malformed)) {
  void t.test(`${name} is malformed metadata`, async (t) => {
    const { metadata, timeoutMs } = arrive(headers)
    t.ok(isRefusal(metadata) && metadata.code === 'metadata_malformed')
    t.equal(timeoutMs, undefined)
  })
}

void t.test('what is not forwarded may be odd', async (t) => {
  const { metadata } = arrive([['user-agent', 'Grüße\t']])
  t.same(metadata, [])
})

const unknownPaths = [
  `/${path}`,
  `${path}/`,
  `${path}?x=1`,
  `${path}#x`,
  path.replace('Start', '%53tart'),
  path.toLowerCase(),
  '/temporal.api.workflowservice.v1.WorkflowService/',
]

for (const unknown of unknownPaths) {
  void t.test(`${unknown} is the path of no method, and is kept as it came`, async (t) => {
    t.match(arrive([], unknown), { path: unknown, method: undefined })
  })
}

void t.test('the encoding is the one that came last, or none', async (t) => {
  const encoding = (...values: string[]) =>
    arrive(values.map((value) => ['grpc-encoding', value] as const)).encoding
  t.equal(encoding(), 'identity')
  t.equal(encoding('gzip', 'snappy'), 'snappy')
  t.equal(encoding('snappy', 'identity'), 'identity')
})

void t.test('what came as never to be indexed goes on as that', async (t) => {
  const list = [':method', 'POST', ':path', path, 'x-key', 'k', 'x-other', 'o']
  markNeverIndexed(list, 'x-key')
  t.strictSame(readHead(list).metadata, [
    ['x-key', 'k', true],
    ['x-other', 'o'],
  ])
})

void t.test('a token that came before is kept once', async (t) => {
  const list = (token: string) => [':path', path, 'authorization', `Bearer ${token}`]
  const first = readHead(list(token)).credential
  t.equal(readHead(list(token), first).credential, first)
  t.same(readHead(list('other'), first).credential, { kind: 'bearer', token: 'other' })
  t.same(readHead([':path', path], first).credential.kind, 'absent')
  const shouted = [':path', path, 'authorization', `bearer   ${token}`]
  t.equal(readHead(shouted, first).credential, first, 'however it is written')
  for (const value of [`Basic! ${token}`, `Bearer ${token.toUpperCase()}`, `Bearer.${token}`]) {
    t.not(readHead([':path', path, 'authorization', value], first).credential, first, value)
  }
  const twice = [...list(token), 'authorization', `Bearer ${token}`]
  t.match(readHead(twice, first).credential, { kind: 'malformed' }, 'two are one too many')
  const none = readHead([':path', path]).credential
  t.same(readHead(list(token), none).credential, first)
})
