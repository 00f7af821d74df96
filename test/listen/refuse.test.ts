import t from 'tap'
import { refusal, refusals, refusalStatus, type RefusalCode } from '../../src/core/refusal.ts'
import { refuse } from '../../src/listen/refuse.ts'
import { decodeMessage } from '../support/caller.ts'
import { recordAnswer } from '../support/recorded-answer.ts'

const codes = Object.keys(refusals) as RefusalCode[]

for (const code of codes) {
  void t.test(
    `${code} is told in generic words, with code and decision and no detail`,
    async (t) => {
      const { answer, sent } = recordAnswer()
      const outcome = refuse(
        answer,
        refusal(code, 'rule ledger-main, namespace payments'),
        'd-7Kq2',
      )
      const { grpc, words } = refusalStatus(code)
      t.same(outcome, { result: 'refused', code, grpcStatus: grpc, bytes: 0 })
      t.match(sent, { statuses: [{ code: grpc, words: `${words} [${code} d-7Kq2]` }] })
      t.notMatch(JSON.stringify(sent), 'ledger-main')
      t.equal(sent.message, undefined)
    },
  )
}

void t.test('a denial carries the failure that SDKs turn into their own error', async (t) => {
  const { answer, sent } = recordAnswer()
  refuse(answer, refusal('not_granted', 'start in payments'), 'd-7Kq2')
  const [name, value] = sent.statuses[0]?.trailers[0] ?? []
  t.equal(name, 'grpc-status-details-bin')
  const status = decodeMessage('google.rpc.Status', Buffer.from(value ?? '', 'base64'))
  t.match(status, { code: 7, message: 'not granted [not_granted d-7Kq2]' })
  const [detail] = status['details'] as { type_url: string; value: Uint8Array }[]
  const type = 'temporal.api.errordetails.v1.PermissionDeniedFailure'
  t.equal(detail?.type_url, `type.googleapis.com/${type}`)
  t.match(decodeMessage(type, detail?.value ?? new Uint8Array()), { reason: 'not_granted' })
})

void t.test('other refusals carry no details', async (t) => {
  for (const code of codes.filter((code) => refusals[code].status !== 'PERMISSION_DENIED')) {
    const { answer, sent } = recordAnswer()
    refuse(answer, refusal(code, ''), 'd-1')
    t.same(sent.statuses[0]?.trailers, [], code)
  }
})
