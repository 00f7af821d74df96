import t from 'tap'
import { controlMetadata, isAnswerable, isForwardable } from '../../src/temporal/metadata.ts'

const forwarded = [
  'client-name',
  'client-version',
  'supported-server-versions',
  'supported-features',
  'traceparent',
  'tracestate',
  'baggage',
  'x-request-id',
  'team-bin',
]

void t.test('what clients say about themselves goes on to the upstream', async (t) => {
  for (const name of forwarded) t.ok(isForwardable(name), name)
})

const dropped = [
  'authorization',
  'authorization-extras',
  'caller-name',
  'caller-type',
  'call-initiation',
  'cookie',
  'forwarded',
  'proxy-authorization',
  'x-real-ip',
  'x-forwarded-for',
  'x-forwarded-client-cert',
  'temporal-namespace',
  'temporal-principal-name',
  'temporal-experiment',
  'temporal-anything-new',
  'grpcgateway-authorization',
  'grpc-timeout',
  'grpc-encoding',
  'grpc-accept-encoding',
  'grpc-metadata-authorization',
  'sallyport-decision',
]

void t.test('what the upstream would act on is dropped', async (t) => {
  for (const name of dropped) t.notOk(isForwardable(name), name)
})

const hop = [':path', ':authority', 'content-type', 'te', 'user-agent', 'host', 'connection']

void t.test('what belongs to one hop goes neither way', async (t) => {
  for (const name of [...hop, 'content-length', 'trailer', 'transfer-encoding', 'date']) {
    t.notOk(isForwardable(name), name)
    t.notOk(isAnswerable(name), name)
  }
})

void t.test('an answer keeps all but the framing of gRPC', async (t) => {
  for (const name of ['grpc-status', 'grpc-message', 'grpc-encoding', 'grpc-accept-encoding']) {
    t.notOk(isAnswerable(name), name)
  }
  for (const name of ['grpc-status-details-bin', 'server', 'temporal-namespace', 'x-any']) {
    t.ok(isAnswerable(name), name)
  }
})

void t.test('the upstream is told the namespace that was decided on', async (t) => {
  t.strictSame(controlMetadata('payments'), [['temporal-namespace', 'payments']])
  t.strictSame(controlMetadata(''), [])
})

t.test('a namespace that metadata cannot carry is left out of the hint', async (t) => {
  for (const odd of ['zahlungen-ü', 'two words', 'line\nbreak']) {
    t.strictSame(controlMetadata(odd), [], JSON.stringify(odd))
  }
})
