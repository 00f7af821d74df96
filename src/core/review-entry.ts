import { boundedText, type EntryBody } from './audit-entry.ts'

/** What a reviewer did. Looking is recorded, too. */
export type ReviewAction =
  | 'login'
  | 'login_refused'
  | 'logout'
  | 'search'
  | 'view'
  | 'verify'
  | 'export'
  | 'sign_off'

/** Something that a reviewer did with the audit stream. */
export interface ReviewFacts {
  readonly at: number
  readonly action: ReviewAction
  /** Principal of the person, or `loopback`. */
  readonly reviewer: string
  readonly issuer?: string | undefined
  /** Network address that it came from. */
  readonly peer: string
  /** What was looked for, seen or signed: texts and numbers by name. */
  readonly about?: Readonly<Record<string, string | number | undefined>>
}

/** The entry that says what a reviewer did. */
export function reviewEntry(facts: ReviewFacts): EntryBody {
  const { at, action, reviewer, issuer, peer, about = {} } = facts
  const named = Object.entries(about).flatMap(([name, value]) =>
    value === undefined || value === ''
      ? []
      : [[name, typeof value === 'string' ? boundedText(value) : value] as const],
  )
  return {
    time: new Date(at).toISOString(),
    kind: 'review',
    action,
    reviewer,
    ...(issuer !== undefined && { issuer }),
    peer,
    ...(named.length > 0 && { about: Object.fromEntries(named) }),
  }
}
