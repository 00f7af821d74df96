import t from 'tap'
import {
  isRefusal,
  refusal,
  refusals,
  refusalStatus,
  type RefusalCode,
} from '../../src/core/refusal.ts'

const codes = Object.keys(refusals) as RefusalCode[]

void t.test('a refusal is told from other values by its mark, not by its looks', async (t) => {
  t.ok(isRefusal(refusal('not_granted', 'why')))
  t.notOk(isRefusal({}))
  t.notOk(isRefusal({ code: 'not_granted', detail: 'why' }))
  t.notOk(isRefusal({ refused: false, code: 'not_granted', detail: 'why' }))
})

void t.test('a refusal has a code for the caller and a detail for the log', async (t) => {
  t.strictSame(refusal('not_granted', 'start in payments'), {
    refused: true,
    code: 'not_granted',
    detail: 'start in payments',
  })
})

void t.test('the caller is sent the numbers and words of the code', async (t) => {
  const { words } = refusals.token_expired
  t.strictSame(refusalStatus('token_expired'), { grpc: 16, http: 401, words })
  t.strictSame(refusalStatus('not_granted'), { grpc: 7, http: 403, words: 'not granted' })
})

void t.test('gRPC and HTTP statuses of a refusal say the same', async (t) => {
  const http: Record<string, number> = {
    UNAUTHENTICATED: 401,
    PERMISSION_DENIED: 403,
    INVALID_ARGUMENT: 400,
    RESOURCE_EXHAUSTED: 429,
    UNIMPLEMENTED: 404,
    UNAVAILABLE: 503,
  }
  for (const code of codes.filter((name) => name !== 'encoding_unsupported')) {
    t.equal(refusals[code].http, http[refusals[code].status], code)
  }
  t.match(refusals.encoding_unsupported, { status: 'UNIMPLEMENTED', http: 415 })
})

void t.test('words that SDKs look for are there', async (t) => {
  t.match(refusalStatus('message_too_large').words, /^grpc: received message larger than max/)
  t.match(refusalStatus('encoding_unsupported').words, /grpc-encoding/)
})
