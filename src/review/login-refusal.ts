import { refusals, type RefusalCode } from '../core/refusal.ts'

/** What only a login can fail for; everything else fails as a call does. */
const ownRefusals = {
  login_unknown: {
    http: 400,
    words: 'this login was not begun in this browser, was used already, or took too long',
  },
  issuer_refused: { http: 403, words: 'the issuer did not log you in' },
  issuer_unavailable: { http: 503, words: 'the issuer cannot be asked at the moment' },
  answer_invalid: {
    http: 502,
    words: 'what the issuer sent does not hold; try again, and if it stays so, check its settings',
  },
  session_ended: { http: 403, words: 'you are not logged in' },
} as const

/** Why somebody is not logged in. */
export interface LoginRefusal {
  readonly refused: true
  readonly code: RefusalCode | keyof typeof ownRefusals
  /** For the log and the audit entry; never holds a token, a code or a secret. */
  readonly detail: string
}

/** Makes a refusal of a login. */
export function loginRefusal(code: LoginRefusal['code'], detail: string): LoginRefusal {
  return { refused: true, code, detail }
}

/** What the person is told, and with which HTTP status. */
export function loginRefusalRow(code: LoginRefusal['code']): {
  readonly http: number
  readonly words: string
} {
  return code in ownRefusals
    ? ownRefusals[code as keyof typeof ownRefusals]
    : { http: refusals[code as RefusalCode].http, words: personWords(code as RefusalCode) }
}

/** The words for calls speak of jobs and tokens, which mean nothing to somebody at a browser. */
function personWords(code: RefusalCode): string {
  const { status } = refusals[code]
  if (status === 'PERMISSION_DENIED') {
    return 'you may not review the audit stream; whoever keeps the policy can grant it'
  }
  if (status === 'UNAVAILABLE') {
    return 'logins cannot be checked or recorded at the moment; try again'
  }
  return ownRefusals.answer_invalid.words
}
