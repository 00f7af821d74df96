import root from '@temporalio/proto/protos/root.js'
import t from 'tap'
import { encodeStatusDetails, type FailureDetail } from '../../src/temporal/status-details.ts'
import { decodeMessage } from '../support/caller.ts'

interface Status {
  readonly code: number
  readonly message: string
  readonly details: readonly { readonly type_url: string; readonly value: Uint8Array }[]
}

function decode(bytes: Uint8Array): Status {
  return decodeMessage('google.rpc.Status', bytes) as unknown as Status
}

void t.test('the official decoder reads back what was encoded', async (t) => {
  t.ok(root)
  const words = ['not granted', '', 'grün ✓', 'w'.repeat(20_000)]
  const details: FailureDetail[] = [
    { kind: 'PermissionDeniedFailure', reason: 'not granted (decision d-7Kq2)' },
    { kind: 'PermissionDeniedFailure', reason: 'r'.repeat(300) },
    { kind: 'PermissionDeniedFailure', reason: '' },
    { kind: 'ResourceExhaustedFailure' },
  ]
  for (const text of words) {
    for (const detail of details) {
      const status = decode(encodeStatusDetails(7, text, detail))
      t.match(status, { code: 7, message: text, details: { length: 1 } })
      const [any] = status.details
      const type = `temporal.api.errordetails.v1.${detail.kind}`
      t.equal(any?.type_url, `type.googleapis.com/${type}`)
      const inner = decodeMessage(type, any?.value ?? Uint8Array.of(0xff))
      if ('reason' in detail) t.equal(inner['reason'], detail.reason)
      else t.equal(any?.value.length, 0)
    }
  }
})

void t.test('the code is the one that was given', async (t) => {
  for (const code of [0, 7, 8, 16, 300]) {
    const bytes = encodeStatusDetails(code, 'x', { kind: 'ResourceExhaustedFailure' })
    t.equal(decode(bytes).code, code)
  }
})
