/** What `grpc-status-details-bin` says beside a status, in Temporal's own words. */
export type FailureDetail =
  | { readonly kind: 'PermissionDeniedFailure'; readonly reason: string }
  | { readonly kind: 'ResourceExhaustedFailure' }

/**
 * Encodes a `google.rpc.Status` that carries one of Temporal's failure details, for the trailer
 * `grpc-status-details-bin`. SDKs turn it into their typed errors.
 * <https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto>
 */
export function encodeStatusDetails(
  code: number,
  words: string,
  detail: FailureDetail,
): Uint8Array {
  const value = detail.kind === 'PermissionDeniedFailure' ? textField(1, detail.reason) : []
  const any = [
    ...textField(1, `type.googleapis.com/temporal.api.errordetails.v1.${detail.kind}`),
    ...lengthField(2, value),
  ]
  return Uint8Array.from([1 << 3, ...varint(code), ...textField(2, words), ...lengthField(3, any)])
}

function textField(number: number, text: string): number[] {
  return lengthField(number, [...new TextEncoder().encode(text)])
}

function lengthField(number: number, bytes: readonly number[]): number[] {
  return [(number << 3) | 2, ...varint(bytes.length), ...bytes]
}

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)]
}
