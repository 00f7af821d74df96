import type { Account } from './account.ts'
import type { Identity } from '../../core/identity.ts'
import type { Method } from '../../core/method.ts'
import type { Recorded } from './recorded-case.ts'

/** What an explanation is printed from. */
export interface ReportParts {
  readonly account: Account
  /** Absent where the path was that of no known RPC. */
  readonly method: Method | undefined
  readonly isUnverified: boolean
  readonly recorded: Recorded | undefined
  readonly policy: { readonly file: string; readonly hash: string }
}

/** Rules that are given in full; the rest only differ more. */
const rulesMax = 20

/** An explanation as an object for `--json`. */
export function jsonReport({
  account,
  method,
  isUnverified,
  recorded,
  policy,
}: ReportParts): object {
  const { identity, needs, tokenRefusal } = account
  return {
    outcome: account.outcome,
    code: account.code,
    detail: account.detail,
    rule: account.rule,
    role: account.role,
    rules: account.matching,
    verbs: needs.length > 0 ? [...new Set(needs.map(({ verb }) => verb))] : (method?.verbs ?? []),
    reasons: account.reasons,
    notes: account.notes,
    changes: account.changes,
    method: method?.name,
    needs,
    identity: identity && shownIdentity(identity),
    token: isUnverified
      ? { verified: false, refusal: tokenRefusal && codeAndDetail(tokenRefusal) }
      : undefined,
    recorded,
    policy,
    nearest: account.considered.slice(0, rulesMax),
    rules_considered: account.considered.length,
  }
}

function shownIdentity({ principal, issuer, kind, guards }: Identity) {
  return { principal, issuer, kind, guards }
}

function codeAndDetail({ code, detail }: { readonly code: string; readonly detail: string }) {
  return { code, detail }
}
