import { Metadata as GrpcMetadata } from '@grpc/grpc-js'
import type { Metadata } from '../core/call.ts'

/** Makes grpc-js metadata of pairs; `-bin` values, which may be lists, are decoded as it wants them. */
export function toGrpcMetadata(pairs: Metadata): GrpcMetadata {
  const metadata = new GrpcMetadata()
  for (const [name, value] of pairs) {
    if (!name.endsWith('-bin')) metadata.add(name, value)
    else for (const part of value.split(',')) metadata.add(name, Buffer.from(part, 'base64'))
  }
  return metadata
}

/** Makes pairs of grpc-js metadata, in the order in which it has them. */
export function fromGrpcMetadata(metadata: GrpcMetadata): Metadata {
  return Object.entries(metadata.toHttp2Headers()).flatMap(([name, values]) =>
    [values].flat().map((value): [string, string] => [name, String(value)]),
  )
}
