import { status } from '@grpc/grpc-js'
import t from 'tap'
import { statusCodes } from '../../src/core/status.ts'

void t.test('the status codes are those of gRPC', async (t) => {
  const official = Object.entries(status).filter(([, code]) => typeof code === 'number')
  t.strictSame(statusCodes, Object.fromEntries(official))
})
