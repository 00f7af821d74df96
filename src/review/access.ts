import type { FastifyRequest } from 'fastify'
import type { LoginSettings, ReviewSettings } from '../config/audit-settings.ts'
import type { IssuerSettings } from '../config/settings.ts'
import type { Policy } from '../core/policy.ts'
import { mayReview } from '../core/review-authority.ts'
import type { ReviewFacts } from '../core/review-entry.ts'
import type { PersonVerifier } from '../identify/person.ts'
import type { Logger } from '../log.ts'
import type { Recorded } from '../record/journal.ts'
import { cookieFor, readCookie } from './cookie.ts'
import { createLoginAttempts } from './login-attempt.ts'
import { createLoginFlow } from './login-flow.ts'
import { createLoginIssuer } from './login-issuer.ts'
import { loginRoutes, peerOf } from './login.ts'
import { isFromThisMachine, isLoopbackHost } from './loopback.ts'
import { recordOrLog } from './record-or-log.ts'
import { createRefusedLogins } from './refused-logins.ts'
import type { ReviewAccess, Reviewer } from './reviewer.ts'
import { newSecret } from './secret.ts'
import { createSessions, type Session } from './session.ts'

export interface ReviewAccessParts {
  readonly settings: ReviewSettings
  /** Where the ops listener is. */
  readonly ops: { readonly host: string }
  readonly issuers: readonly IssuerSettings[]
  readonly identifier: { readonly person: PersonVerifier }
  /** The policy in force, asked at every view. */
  readonly policy: () => Policy
  /** Records what people do here; resolves once it is in the journal. */
  readonly record: (facts: ReviewFacts) => Promise<Recorded>
  readonly now: () => number
  readonly log: Logger
}

/**
 * Decides who sees the review page: people who log in, where a login is set, or else somebody on this
 * machine. Never both: a login that a port-forward could go around would be none.
 *
 * @throws when the login names an issuer that is not among the issuers.
 */
export function createReviewAccess(parts: ReviewAccessParts): ReviewAccess {
  const { login } = parts.settings
  return login ? loginAccess(parts, login) : loopbackAccess(parts)
}

function loopbackAccess({ ops, log }: ReviewAccessParts): ReviewAccess {
  const isLocal = isLoopbackHost(ops.host)
  if (!isLocal) {
    log.info(
      { ops: ops.host },
      'nobody sees the review page: there is no login, and ops is not on loopback',
    )
  }
  const formToken = newSecret()
  const reviewer: Reviewer = { name: 'loopback', issuer: undefined, via: 'loopback', formToken }
  return {
    hasLogin: false,
    routes: (_app, _options, done) => done(),
    reviewerOf(request) {
      const { localPort: port = 0 } = request.socket
      const arrival = { peer: peerOf(request), port, headers: request.headers }
      return isLocal && isFromThisMachine(arrival) ? reviewer : undefined
    },
  }
}

function loginAccess(parts: ReviewAccessParts, login: LoginSettings): ReviewAccess {
  const { issuers, identifier, policy, record, now, log } = parts
  const issuer = issuers.find(({ name }) => name === login.issuer)
  if (issuer === undefined) throw new Error(`the login names ${login.issuer}, which is no issuer`)
  const cookie = cookieFor(login.url, 'sallyport-review')
  const sessions = createSessions()
  const attempts = createLoginAttempts()
  const loginIssuer = createLoginIssuer({ login, issuer, now })
  const { person } = identifier
  const routes = loginRoutes({
    login,
    cookie,
    attempts,
    sessions,
    issuer: loginIssuer,
    finish: createLoginFlow({ login, attempts, issuer: loginIssuer, person, policy, record }),
    refusedLogins: createRefusedLogins({ record, log }),
    record,
    now,
    log,
  })

  function expel(id: string | undefined, session: Session, why: Ending, request: FastifyRequest) {
    sessions.end(id)
    const { principal: reviewer, issuer: name } = session.person.identity
    const peer = peerOf(request)
    log.warn({ reviewer, peer, ...why }, 'session ended')
    const at = now()
    const facts = { at, action: 'logout', reviewer, issuer: name, peer, about: { ...why } } as const
    void recordOrLog({ record, log }, facts)
  }

  return {
    hasLogin: true,
    routes,
    reviewerOf(request, { isUse = true } = {}) {
      const at = now()
      const id = readCookie(request.headers.cookie, cookie.name)
      const session = sessions.find(id, at, isUse)
      if (session === undefined) return undefined
      const ending = endingOf(session, policy(), at)
      if (ending === undefined) {
        const { principal, issuer: name } = session.person.identity
        return { name: principal, issuer: name, via: 'login', formToken: session.formToken }
      }
      expel(id, session, ending, request)
      return undefined
    },
  }
}

interface Ending {
  readonly code: string
  readonly detail: string
}

/** Why a session is over before its time, if it is: what a login stood on must still be there. */
function endingOf({ person }: Session, policy: Policy, at: number): Ending | undefined {
  if (!person.isStanding(at)) {
    return {
      code: 'signature_invalid',
      detail: 'the key that signed the login is no longer trusted',
    }
  }
  const authority = mayReview(policy, person.identity)
  if (authority.allowed) return undefined
  const { code, detail } = authority.refusal
  return { code, detail }
}
