import t, { type Test } from 'tap'
import type { Metadata } from '../../src/core/call.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { arrivalOf, type Arrival } from '../../src/listen/arrival.ts'
import { ask, frameOf, openStream, startRawServer } from '../support/raw-http2.ts'

const path = '/temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution'
const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqb2IifQ.c2lnbmF0dXJl'

/** What becomes of a call with these headers, in their order and as often as they stand there. */
async function arrive(t: Test, headers: Metadata, calledPath = path): Promise<Arrival> {
  const { promise, resolve } = Promise.withResolvers<Arrival>()
  const session = await startRawServer(t, (request, response) => {
    const arrival = arrivalOf(request)
    void arrival.readMessage().finally(() => response.end())
    resolve(arrival)
  })
  const pseudo = [':method', 'POST', ':scheme', 'http', ':authority', 'x', ':path', calledPath]
  const base = ['content-type', 'application/grpc', 'te', 'trailers']
  const { stream } = openStream(session, [...pseudo, ...base, ...headers.flat()])
  stream.end(frameOf(Buffer.from('message')))
  return promise
}

void t.test('an arrival says what was called, by whom and for how long', async (t) => {
  const arrival = await arrive(t, [
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
  t.same(arrival.peer, '127.0.0.1')
  t.same(arrival.metadata, [
    ['client-name', 'temporal-go'],
    ['x-many', 'one'],
    ['x-many', 'two'],
    ['x-some-bin', 'AP8='],
  ])
})

void t.test('the token is in no field but the credential', async (t) => {
  const arrival = await arrive(t, [
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

void t.test('two authorizations are two, though node:http2 shows one', async (t) => {
  const arrival = await arrive(t, [
    ['authorization', `Bearer ${token}`],
    ['authorization', 'Bearer other'],
  ])
  t.equal(arrival.credential.kind, 'malformed')
  t.notMatch(JSON.stringify(arrival), 'eyJ')
})

void t.test('control metadata of the caller goes no further', async (t) => {
  const arrival = await arrive(t, [
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
  const arrival = await arrive(t, [])
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
    const { metadata, timeoutMs } = await arrive(t, headers)
    t.ok(isRefusal(metadata) && metadata.code === 'metadata_malformed')
    t.equal(timeoutMs, undefined)
  })
}

void t.test('what is not forwarded may be odd', async (t) => {
  const { metadata } = await arrive(t, [['user-agent', 'Grüße\t']])
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
    t.match(await arrive(t, [], unknown), { path: unknown, method: undefined })
  })
}

for (const impossible of [path.slice(1), '*', '']) {
  void t.test(`HTTP/2 itself refuses the path ${JSON.stringify(impossible)}`, async (t) => {
    const session = await startRawServer(t, () => t.fail('it came through'))
    const { stream, answer } = openStream(session, { ':path': impossible })
    t.equal((await answer).blocks.length, 0)
    t.equal(stream.rstCode, 1)
  })
}

void t.test('a caller who is gone already has no address', async (t) => {
  const { promise, resolve } = Promise.withResolvers<Arrival>()
  const session = await startRawServer(t, (request) => {
    request.on('close', () => resolve(arrivalOf(request)))
    session.destroy()
  })
  openStream(session)
  t.equal((await promise).peer, '')
})

void t.test('the message is read as the encoding says, and the last one counts', async (t) => {
  const session = await startRawServer(t, (request, response) => {
    void arrivalOf(request)
      .readMessage()
      .then((message) => response.end(JSON.stringify(message)))
  })
  const read = async (encodings: string[]) => {
    const { body } = await ask(session, { 'grpc-encoding': encodings }, frameOf(Buffer.from('m')))
    return JSON.parse(body.toString()) as unknown
  }
  t.match(await read(['snappy']), { code: 'encoding_unsupported' })
  t.match(await read(['gzip', 'snappy']), { code: 'encoding_unsupported' })
  t.match(await read(['snappy', 'identity']), { data: [109] })
})
