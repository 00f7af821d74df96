/** Milliseconds in each unit of `grpc-timeout`. */
const unitMs = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 } as const

const timeoutPattern = /^([0-9]{1,8})([HMSmun])$/

/**
 * Reads `grpc-timeout`: at most eight digits and a unit, sent at most once.
 * <https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests>
 */
export function parseTimeout(
  values: readonly string[],
): { readonly ok: true; readonly timeoutMs: number | undefined } | { readonly ok: false } {
  const [value] = values
  if (value === undefined) return { ok: true, timeoutMs: undefined }
  const [, digits, unit] = (values.length === 1 && timeoutPattern.exec(value)) || []
  if (digits === undefined || unit === undefined) return { ok: false }
  return { ok: true, timeoutMs: Number(digits) * unitMs[unit as keyof typeof unitMs] }
}
