import { errorCode } from '../wire/frames/codes.ts'

/** What a connection or a stream was ended for: a closed set, since metrics have it as a label. */
export type WireRefusal =
  | 'connections'
  | 'connections_per_peer'
  | 'greeting'
  | 'idle'
  | 'body_time'
  | 'unread'
  | 'overloaded'
  | 'protocol'
  | 'flow_control'
  | 'compression'
  | 'rate'

/** The reason for which a connection failed, by the error code of its GOAWAY. */
export function wireRefusalOf(code: number): WireRefusal {
  if (code === errorCode.enhanceYourCalm) return 'rate'
  if (code === errorCode.flowControlError) return 'flow_control'
  return code === errorCode.compressionError ? 'compression' : 'protocol'
}
