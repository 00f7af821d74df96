import type { Answer } from '../core/answer.ts'
import { statusCodes } from '../core/status.ts'

/** The standard health check, answered without a token: <https://github.com/grpc/grpc/blob/master/doc/health-checking.md>. */
export const healthCheckPath = '/grpc.health.v1.Health/Check'

/** Values of `HealthCheckResponse.ServingStatus`. */
const servingStatus = { serving: 1, notServing: 2 } as const

/**
 * Answers a health check about Sallyport itself. The body is not read: it could only name a service,
 * and all of them share one fate here.
 */
export function answerHealth(answer: Answer, isServing: boolean): void {
  const status = isServing ? servingStatus.serving : servingStatus.notServing
  answer.sendBytes(Uint8Array.of(0, 0, 0, 0, 2, 1 << 3, status))
  answer.sendStatus({ code: statusCodes.OK, words: '', trailers: [] })
}
