import t from 'tap'
import { wireRefusalOf } from '../../src/listen/wire-refusal.ts'
import { errorCode } from '../../src/wire/frames/codes.ts'

void t.test('every error code has a reason out of a closed set', async (t) => {
  t.equal(wireRefusalOf(errorCode.enhanceYourCalm), 'rate')
  t.equal(wireRefusalOf(errorCode.flowControlError), 'flow_control')
  t.equal(wireRefusalOf(errorCode.compressionError), 'compression')
  t.equal(wireRefusalOf(errorCode.frameSizeError), 'protocol')
  t.equal(wireRefusalOf(errorCode.protocolError), 'protocol')
})
