import t from 'tap'
import type { RefusalCode } from '../../src/core/refusal.ts'
import { forbidden, namespace, openGate, start, tokenOf } from '../support/attacks.ts'
import { encodeRequest } from '../support/caller.ts'
import { frameOf } from '../support/raw-http2.ts'
import { assertEntriesInAll, assertRefused, send, type RawCall } from '../support/refused-call.ts'

const service = 'temporal.api.workflowservice.v1.WorkflowService'
const path = `/${service}/StartWorkflowExecution`
const message = encodeRequest('StartWorkflowExecution', start)

const unknownPaths = [
  `/${path}`,
  `${path}/`,
  path.toLowerCase(),
  path.replace('/Start', '//Start'),
  path.replace('Start', '%53tart'),
  path.replace('/Start', '%2FStart'),
  `${path}\u00a0`,
  `${path}?namespace=${forbidden}`,
  `${path}#`,
  `${path};v=1`,
  `/.${path}`,
  `/x/..${path}`,
  `/WorkflowService/StartWorkflowExecution`,
  '/',
  '/temporal.server.api.adminservice.v1.AdminService/StreamWorkflowReplicationMessages',
  '/temporal.server.api.adminservice.v1.AdminService/DescribeMutableState',
  '/temporal.server.api.historyservice.v1.HistoryService/StartWorkflowExecution',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
  '/grpc.health.v1.Health/Watch',
]

void t.test('paths that are not spelled as the API spells them', async (t) => {
  const gate = await openGate(t)
  const token = tokenOf('admin', gate)
  for (const method of unknownPaths) {
    await t.test(`${method} is unknown`, async (t) =>
      assertRefused(t, gate, 'method_unknown', { method, request: message, token }),
    )
  }
  for (const method of [path.slice(1), `${path} `]) {
    await t.test(`CVE-2026-33186: "${method}" is no path and gets no answer at all`, async (t) => {
      const call = { method, request: message, token }
      t.match(await send(gate.session, call), { httpStatus: undefined, status: undefined })
      t.equal(gate.upstream.bytesReceived(), 0)
    })
  }
  await assertEntriesInAll(t, gate, unknownPaths.length)
})

type Headers = NonNullable<RawCall['headers']>

const credentials: readonly [it: string, code: RefusalCode, headers: (token: string) => Headers][] =
  [
    ['a valid credential before another', 'credential_malformed', (token) => twice(token, 'x')],
    ['a valid credential behind another', 'credential_malformed', (token) => twice('x', token)],
    ['a valid credential, twice', 'credential_malformed', (token) => twice(token, token)],
    [
      'a valid credential behind an empty one',
      'credential_malformed',
      (token) => [['authorization', ''], ...bearer(token)],
    ],
    [
      'two credentials in one value',
      'credential_malformed',
      (token) => [['authorization', `Bearer ${token}, Bearer ${token}`]],
    ],
    [
      'a valid token under another scheme',
      'credential_malformed',
      (token) => [['authorization', `Basic ${token}`]],
    ],
    ...[
      'grpc-metadata-authorization',
      'grpcgateway-authorization',
      'proxy-authorization',
      'authorization-extras',
      'x-forwarded-authorization',
      'cookie',
    ].map((name): [string, RefusalCode, (token: string) => Headers] => [
      `a valid token in ${name}`,
      'credential_missing',
      (token) => [[name, `Bearer ${token}`]],
    ]),
    [
      'the principal of somebody else instead of a credential',
      'credential_missing',
      () => [
        ['temporal-principal-type', 'jwt'],
        ['temporal-principal-name', 'admin'],
      ],
    ],
  ]

function bearer(token: string): Headers {
  return [['authorization', `Bearer ${token}`]]
}

function twice(first: string, second: string): Headers {
  return [...bearer(first), ...bearer(second)]
}

void t.test('credentials that are not one bearer token', async (t) => {
  const gate = await openGate(t)
  for (const [it, code, headersOf] of credentials) {
    await t.test(`${it} is ${code}`, async (t) => {
      const token = tokenOf('admin', gate)
      const call = { method: path, request: message, headers: headersOf(token) }
      await assertRefused(t, gate, code, { ...call, secret: token })
    })
  }
  await assertEntriesInAll(t, gate, credentials.length)
})

const hidingPlaces: readonly [
  it: string,
  method: string,
  request: (secret: string) => Record<string, unknown>,
][] = [
  ['the input', 'StartWorkflowExecution', (secret) => ({ input: payloads(secret) })],
  ['the memo', 'StartWorkflowExecution', (secret) => ({ memo: { fields: payloadMap(secret) } })],
  ['a header', 'StartWorkflowExecution', (secret) => ({ header: { fields: payloadMap(secret) } })],
  [
    'a search attribute',
    'StartWorkflowExecution',
    (secret) => ({ searchAttributes: { indexedFields: payloadMap(secret) } }),
  ],
  [
    'the summary',
    'StartWorkflowExecution',
    (secret) => ({ userMetadata: { summary: payload(secret) } }),
  ],
  ['the identity', 'StartWorkflowExecution', (secret) => ({ identity: secret })],
  ['the workflow id', 'StartWorkflowExecution', (secret) => ({ workflowId: secret })],
  ['the request id', 'StartWorkflowExecution', (secret) => ({ requestId: secret })],
  ['the namespace', 'StartWorkflowExecution', (secret) => ({ namespace: secret })],
  ['the workflow type', 'StartWorkflowExecution', (secret) => ({ workflowType: { name: secret } })],
  ['the input of a signal', 'SignalWorkflowExecution', (secret) => ({ input: payloads(secret) })],
  [
    'the argument of a query',
    'QueryWorkflow',
    (secret) => ({ query: { queryArgs: payloads(secret) } }),
  ],
  [
    'the memo of a schedule',
    'CreateSchedule',
    (secret) => ({ memo: { fields: payloadMap(secret) } }),
  ],
  [
    'the answer of an activity',
    'RespondActivityTaskCompleted',
    (secret) => ({ taskToken: Buffer.of(1), result: payloads(secret) }),
  ],
]

function payload(secret: string) {
  return { data: Buffer.from(JSON.stringify(`Bearer ${secret}`)) }
}

function payloads(secret: string) {
  return { payloads: [{ data: Buffer.of(0) }, payload(secret)] }
}

function payloadMap(secret: string) {
  return { key: payload(secret) }
}

void t.test('credentials on their way into workflow history', async (t) => {
  const gate = await openGate(t)
  const token = tokenOf('admin', gate)
  const secrets = [
    ['the caller’s token', token],
    ['the token of another job', gate.sallyport.mint({ project_id: '1' })],
    ['an access token of GitLab', 'glpat-AbCdEfGhIjKlMnOpQrStUv'],
  ] as const
  for (const [what, secret] of secrets) {
    for (const [where, method, requestOf] of hidingPlaces) {
      await t.test(`${what} in ${where} of ${method} is refused`, async (t) => {
        const base = method.startsWith('Start') ? start : { namespace }
        const request = { ...base, ...requestOf(secret) }
        await assertRefused(t, gate, 'credential_in_payload', { method, request, token, secret })
      })
    }
  }
  await assertEntriesInAll(t, gate, secrets.length * hidingPlaces.length)
})

const bodies: readonly [it: string, code: RefusalCode, call: Partial<RawCall>][] = [
  ['no frame at all', 'message_malformed', { body: Buffer.of() }],
  ['half a frame', 'message_malformed', { body: frameOf(message).subarray(0, -1) }],
  [
    'a second message behind the allowed one',
    'message_malformed',
    { body: Buffer.concat([frameOf(message), frameOf(message)]) },
  ],
  ['a compressed frame that is not', 'message_malformed', { body: frameOf(message, 1) }],
  ['a flag that does not exist', 'message_malformed', { body: frameOf(message, 2) }],
  [
    'the promise of four gigabytes',
    'message_too_large',
    { body: frameOf(message, 0, 2 ** 32 - 1), isEndless: true },
  ],
  [
    'two deadlines',
    'metadata_malformed',
    {
      headers: [
        ['grpc-timeout', '1S'],
        ['grpc-timeout', '1H'],
      ],
    },
  ],
]

void t.test('bodies that are not one message', async (t) => {
  const gate = await openGate(t)
  for (const [it, code, call] of bodies) {
    const token = tokenOf('admin', gate)
    await t.test(`${it} is ${code}`, async (t) =>
      assertRefused(t, gate, code, { method: path, request: message, token, ...call }),
    )
  }
  await assertEntriesInAll(t, gate, bodies.length)
})

void t.test('what a caller says about itself never reaches the upstream', async (t) => {
  const gate = await openGate(t)
  const names = [
    'temporal-principal-type',
    'temporal-principal-name',
    'temporal-experiment',
    'authorization-extras',
    'grpc-metadata-authorization',
    'grpcgateway-authorization',
    'caller-type',
    'caller-name',
    'call-initiation',
    'x-forwarded-for',
    'x-forwarded-client-cert',
    'sallyport-principal',
  ]
  const headers = names.map((name) => [name, 'system'] as const)
  const token = tokenOf('admin', gate)
  t.match(await send(gate.session, { method: path, request: message, token, headers }), {
    status: 0,
  })
  const [seen] = gate.upstream.calls
  t.equal(seen?.path, path)
  t.same(
    names.filter((name) => name in (seen?.headers ?? {})),
    [],
  )
  t.notOk(seen?.rawHeaders.includes('system'))
})
