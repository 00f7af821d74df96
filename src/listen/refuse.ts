import type { Answer } from '../core/answer.ts'
import type { Outcome } from '../core/outcome.ts'
import { refusalStatus, type Refusal, type RefusalCode } from '../core/refusal.ts'
import { statusCodes } from '../core/status.ts'
import { encodeStatusDetails, type FailureDetail } from '../temporal/status-details.ts'

/** Tells the caller no: a code, generic words and the id of the decision, and nothing of the detail. */
export function refuse(answer: Answer, { code }: Refusal, decisionId: string): Outcome {
  const status = refusalStatus(code)
  const words = `${status.words} [${code} ${decisionId}]`
  const detail = failureDetail(code, status.grpc)
  const details = detail && encodeStatusDetails(status.grpc, words, detail)
  answer.sendStatus({
    code: status.grpc,
    words,
    trailers: details ? [['grpc-status-details-bin', Buffer.from(details).toString('base64')]] : [],
  })
  return { result: 'refused', code, grpcStatus: status.grpc, bytes: 0 }
}

function failureDetail(code: RefusalCode, grpcStatus: number): FailureDetail | undefined {
  if (grpcStatus === statusCodes.PERMISSION_DENIED) {
    return { kind: 'PermissionDeniedFailure', reason: code }
  }
  return undefined
}
