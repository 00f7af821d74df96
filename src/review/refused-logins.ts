import type { ReviewFacts } from '../core/review-entry.ts'
import { scheduleTimer, type Schedule } from '../identify/schedule.ts'
import type { Logger } from '../log.ts'
import type { Recorded } from '../record/journal.ts'
import type { LoginRefusal } from './login-refusal.ts'
import { recordOrLog } from './record-or-log.ts'

/** A login that was refused. */
export interface RefusedLogin {
  readonly at: number
  readonly refusal: LoginRefusal
  /** Principal of the person, where that much is known. */
  readonly reviewer: string
  readonly issuer: string
  readonly peer: string
}

/** Records refused logins. */
export interface RefusedLogins {
  readonly add: (login: RefusedLogin) => void
  /** Records what was only counted so far. */
  readonly flush: () => void
}

interface RefusedLoginsParts {
  readonly record: (facts: ReviewFacts) => Promise<Recorded>
  /** Says which could not be recorded. */
  readonly log: Pick<Logger, 'error'>
  readonly schedule?: Schedule
}

/** Anybody can fail to log in, so so many a minute have an entry each, and the others one together. */
const singlyMax = 30
const windowMs = 60_000

/** Creates the recording of refused logins: each is in the journal, in a flood by an exact count. */
export function createRefusedLogins({
  record,
  log,
  schedule = scheduleTimer,
}: RefusedLoginsParts): RefusedLogins {
  let window = { endsAt: 0, singly: 0 }
  let counted: { count: number; readonly first: RefusedLogin; last: RefusedLogin } | undefined

  /** Nobody is shown anything, so nobody waits for it. */
  function note(facts: ReviewFacts): void {
    void recordOrLog({ record, log }, facts)
  }

  function flush(): void {
    if (counted === undefined) return
    const { count, first, last } = counted
    counted = undefined
    const { at, issuer, peer } = last
    const times = { first_time: textOf(first.at), last_time: textOf(at) }
    const about = { code: last.refusal.code, detail: 'the last of several', count, ...times }
    note({ at, action: 'login_refused', reviewer: 'unknown', issuer, peer, about })
  }

  return {
    flush,
    add(login) {
      const { at, refusal, reviewer, issuer, peer } = login
      if (at >= window.endsAt) window = { endsAt: at + windowMs, singly: 0 }
      if (window.singly < singlyMax) {
        window.singly++
        const about = { code: refusal.code, detail: refusal.detail }
        note({ at, action: 'login_refused', reviewer, issuer, peer, about })
      } else if (counted) {
        counted.count++
        counted.last = login
      } else {
        counted = { count: 1, first: login, last: login }
        schedule(flush, windowMs)
      }
    },
  }
}

function textOf(at: number): string {
  return new Date(at).toISOString()
}
