import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify'
import type { LoginSettings } from '../config/audit-settings.ts'
import type { ReviewFacts } from '../core/review-entry.ts'
import type { Logger } from '../log.ts'
import type { Recorded } from '../record/journal.ts'
import { cookieFor, readCookie, type Cookie } from './cookie.ts'
import { attemptAgeMaxMs, type LoginAttempts } from './login-attempt.ts'
import type { Callback, FinishedLogin } from './login-flow.ts'
import type { LoginIssuer } from './login-issuer.ts'
import { protectReply, sendLoginPage } from './login-page.ts'
import { loginRefusalRow, type LoginRefusal } from './login-refusal.ts'
import type { RefusedLogins } from './refused-logins.ts'
import { recordOrLog } from './record-or-log.ts'
import { isSecret } from './secret.ts'
import { sessionAgeMaxMs, type Sessions } from './session.ts'

export interface LoginParts {
  readonly login: LoginSettings
  readonly cookie: Cookie
  readonly attempts: LoginAttempts
  readonly sessions: Sessions
  readonly issuer: LoginIssuer
  readonly finish: (callback: Callback) => Promise<FinishedLogin>
  readonly refusedLogins: RefusedLogins
  readonly record: (facts: ReviewFacts) => Promise<Recorded>
  readonly now: () => number
  readonly log: Logger
}

/** A form with one token in it. */
const formBytesMax = 4096

/**
 * The routes of the login: `/review/login`, `/review/callback` and `POST /review/logout`. Where they lead
 * to is fixed: nothing in a request chooses an address.
 */
export function loginRoutes(parts: LoginParts): FastifyPluginCallback {
  const browser = cookieFor(parts.login.url, 'sallyport-login')
  // A HEAD request, as link previews send, must not use a login up.
  const options = { exposeHeadRoute: false }
  return (app, _options, done) => {
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: formBytesMax },
      (_request, body, parsed) => parsed(null, new URLSearchParams(String(body))),
    )
    app.addHook('onClose', async () => parts.refusedLogins.flush())
    app.get('/review/login', options, (request, reply) => begin(parts, browser, request, reply))
    app.get('/review/callback', options, (request, reply) => end(parts, browser, request, reply))
    app.post('/review/logout', (request, reply) => logOut(parts, request, reply))
    done()
  }
}

async function begin(
  parts: LoginParts,
  browser: Cookie,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { attempts, issuer, now } = parts
  const attempt = attempts.begin(now(), peerOf(request))
  const url = await issuer.begin(attempt)
  if ('refused' in url) return refuse(parts, { refusal: url, reviewer: 'unknown' }, request, reply)
  return protectReply(reply)
    .header('set-cookie', browser.keep(attempt.browser, attemptAgeMaxMs / 1000))
    .redirect(url.href, 303)
}

async function end(
  parts: LoginParts,
  browser: Cookie,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { cookie, finish, sessions, now, log } = parts
  const at = now()
  const sent = request.headers.cookie
  void reply.header('set-cookie', browser.forget)
  const finished = await finish({
    at,
    query: new URL(request.url, 'http://localhost').searchParams,
    browser: readCookie(sent, browser.name),
    peer: peerOf(request),
  })
  if (!finished.ok) return refuse(parts, finished, request, reply)
  const { person } = finished
  // A new id for each login: one that somebody planted in the browser never becomes a session.
  sessions.end(readCookie(sent, cookie.name))
  const id = sessions.open(person, at)
  log.info({ reviewer: person.identity.principal, peer: peerOf(request) }, 'logged in')
  return protectReply(reply)
    .header('set-cookie', cookie.keep(id, sessionAgeMaxMs / 1000))
    .redirect(`${parts.login.url}/review`, 303)
}

async function logOut(
  parts: LoginParts,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { cookie, sessions, now } = parts
  const at = now()
  const id = readCookie(request.headers.cookie, cookie.name)
  const session = sessions.find(id, at)
  const sent = request.body instanceof URLSearchParams ? request.body.get('form_token') : undefined
  if (session === undefined || !isSecret(sent, session.formToken)) {
    const { http: status, words } = loginRefusalRow('session_ended')
    return sendLoginPage(reply, { status, title: 'Not logged in', words })
  }
  sessions.end(id)
  const { principal: reviewer, issuer } = session.person.identity
  // A session ends in any case: keeping somebody logged in would be worse than an entry that is missing.
  const facts = { at, action: 'logout', reviewer, issuer, peer: peerOf(request) } as const
  const isRecorded = await recordOrLog(parts, facts)
  void reply.header('set-cookie', cookie.forget)
  const over = 'your session here is over; the one at the issuer is not'
  const words = isRecorded ? over : `${over}. The journal takes no entries: this is not recorded`
  return sendLoginPage(reply, { status: isRecorded ? 200 : 503, title: 'Logged out', words })
}

function refuse(
  parts: LoginParts,
  { refusal, reviewer }: { readonly refusal: LoginRefusal; readonly reviewer: string },
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { login, refusedLogins, now, log } = parts
  const { code, detail } = refusal
  const peer = peerOf(request)
  log.warn({ code, detail, reviewer, peer }, 'login refused')
  refusedLogins.add({ at: now(), refusal, reviewer, issuer: login.issuer, peer })
  const { http: status, words } = loginRefusalRow(code)
  return sendLoginPage(reply, { status, title: 'Not logged in', words })
}

/** The address that a connection came from, which headers cannot change. */
export function peerOf({ socket }: FastifyRequest): string {
  return socket.remoteAddress ?? ''
}
