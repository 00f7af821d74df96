/** Why a connection must end: an error code of RFC 9113, and words for whoever looks into it. ASCII. */
export interface Fault {
  readonly code: number
  readonly why: string
}

/** Makes a fault. */
export function fault(code: number, why: string): Fault {
  return { code, why }
}
