import { valueOf } from '../wire/message-head.ts'

/** gRPC by its content type. */
const grpcType = /^application\/grpc(\+proto)?(;|$)/

/**
 * The answer to a request over HTTP/2 that is no gRPC call, or undefined where it is one. gRPC asks for
 * 415 where the content type is another.
 */
export function otherThanGrpc(list: readonly string[]): readonly string[] | undefined {
  if (valueOf(list, ':method') !== 'POST') return [':status', '405', 'allow', 'POST']
  if (!grpcType.test(valueOf(list, 'content-type') ?? '')) return [':status', '415']
  return undefined
}
