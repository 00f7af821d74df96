import type { ReadClaims } from './claims/claim-table.ts'
import type { KeySetEvent } from './key-set-event.ts'
import { printable } from './printable.ts'

/** Most claim names that are remembered, and so reported, of one issuer. */
const namesMax = 100

/** What a claim watch needs. */
export interface ClaimWatchParts {
  readonly issuer: string
  readonly report: (event: KeySetEvent) => void
}

/** Reports claims that an issuer's table does not expect, each name once. */
export function createClaimWatch({
  issuer,
  report,
}: ClaimWatchParts): (read: Omit<ReadClaims, 'lists'>) => void {
  const reported = new Set<string>()
  function reportOnce(kind: 'claim_unknown' | 'claim_mistyped', name: string): void {
    const claim = printable(name)
    const key = `${kind} ${claim}`
    if (reported.has(key) || reported.size >= namesMax) return
    reported.add(key)
    report({ kind, issuer, claim })
  }
  return ({ unknown, mistyped }) => {
    for (const name of unknown) reportOnce('claim_unknown', name)
    for (const name of mistyped) reportOnce('claim_mistyped', name)
  }
}
