import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Readable } from 'node:stream'
import type { ReviewAction, ReviewFacts } from '../../core/review-entry.ts'
import type { Schedule } from '../../identify/schedule.ts'
import type { Logger } from '../../log.ts'
import type { Recorded } from '../../record/journal.ts'
import { peerOf } from '../login.ts'
import type { ReviewIndex } from '../review-index.ts'
import type { ReviewAccess, Reviewer } from '../reviewer.ts'
import { isSecret } from '../secret.ts'
import { isForeign } from './foreign.ts'
import { pageText, type PageParts } from './layout.ts'
import { formRefusedPage, notHerePage, unrecordedPage } from './message-page.ts'

/** What the review page is made of. */
export interface ReviewParts {
  readonly index: ReviewIndex
  readonly access: ReviewAccess
  /** Writes the entry about what a reviewer does; nothing is shown where it cannot be written. */
  readonly record: (facts: ReviewFacts) => Promise<Recorded>
  readonly now: () => number
  readonly schedule: Schedule
  readonly log: Logger
  /** Where Temporal's UI is, without a slash at the end. */
  readonly temporalUiUrl: string | undefined
}

/** Somebody who may look, and what they ask for. */
export interface Visit {
  readonly reviewer: Reviewer
  readonly query: unknown
  readonly params: Readonly<Record<string, string | undefined>>
  /** Fields of the form that was sent; empty unless one was. */
  readonly form: Readonly<Record<string, string | undefined>>
  /** What a browser that connects again knows already. */
  readonly lastEventId: unknown
  /** Whether they may still look: a policy may have changed since. */
  readonly isStillAllowed: () => boolean
  /** Resolves once what is about to be shown is recorded; rejects where it cannot be. */
  readonly record: (action: ReviewAction, about?: ReviewFacts['about']) => Promise<void>
}

/** What a visit is answered with. */
export type Answer =
  | { readonly page: Omit<PageParts, 'reviewer'>; readonly status?: number }
  /** An address of our own. */
  | { readonly redirect: string }
  | { readonly stream: Readable; readonly headers: Readonly<Record<string, string>> }
  | { readonly json: object }
  | { readonly nothing: number }

export type Handle = (visit: Visit) => Promise<Answer>

/** Thrown where what was asked for cannot be recorded, and hence not be shown. */
export class Unrecorded extends Error {}

/** A route's handler: lets in who may look, hands the visit on, and sends what comes of it. */
export function visited(parts: ReviewParts, handle: Handle) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { access } = parts
    const isForm = request.method === 'POST'
    if (isForeign(request.method, request.headers)) {
      return sendPage(reply, 403, undefined, formRefusedPage())
    }
    const reviewer = access.reviewerOf(request)
    if (reviewer === undefined) return turnAway(request, reply, access.hasLogin)
    const form = isForm ? textsOf(request.body) : {}
    if (isForm && !isSecret(form['form_token'], reviewer.formToken)) {
      return sendPage(reply, 403, reviewer, formRefusedPage())
    }
    const visit: Visit = {
      reviewer,
      query: request.query,
      params: textsOf(request.params),
      form,
      lastEventId: request.headers['last-event-id'],
      isStillAllowed: () => access.reviewerOf(request, { isUse: false })?.name === reviewer.name,
      record: (action, about) => recordVisit(parts, { request, reviewer, action, about }),
    }
    try {
      return await send(reply, reviewer, await handle(visit))
    } catch (error) {
      if (!(error instanceof Unrecorded)) throw error
      return sendPage(reply, 503, reviewer, unrecordedPage())
    }
  }
}

/** Sends a page. */
export function sendPage(
  reply: FastifyReply,
  status: number,
  reviewer: Reviewer | undefined,
  page: Omit<PageParts, 'reviewer'>,
): FastifyReply {
  return reply
    .code(status)
    .type('text/html; charset=utf-8')
    .send(pageText({ ...page, reviewer }))
}

async function send(
  reply: FastifyReply,
  reviewer: Reviewer,
  answer: Answer,
): Promise<FastifyReply> {
  if ('page' in answer) return sendPage(reply, answer.status ?? 200, reviewer, answer.page)
  if ('redirect' in answer) return reply.redirect(answer.redirect, 303)
  if ('json' in answer) return reply.send(answer.json)
  if ('nothing' in answer) return reply.code(answer.nothing).send()
  return reply.headers(answer.headers).send(answer.stream)
}

/** People who read a page can log in and come back; everything else is simply refused. */
function turnAway(request: FastifyRequest, reply: FastifyReply, hasLogin: boolean): FastifyReply {
  if (!hasLogin) return sendPage(reply, 403, undefined, notHerePage())
  const isReading =
    request.method === 'GET' && !/event-stream|json/.test(request.headers.accept ?? '')
  if (!isReading) return reply.code(401).send()
  return reply.redirect('/review/login', 302)
}

interface Looked {
  readonly request: FastifyRequest
  readonly reviewer: Reviewer
  readonly action: ReviewAction
  readonly about: ReviewFacts['about']
}

async function recordVisit(parts: ReviewParts, looked: Looked): Promise<void> {
  const { request, reviewer, action, about } = looked
  const recorded = await parts.record({
    at: parts.now(),
    action,
    reviewer: reviewer.name,
    issuer: reviewer.issuer,
    peer: peerOf(request),
    ...(about && { about }),
  })
  if (!recorded.ok) throw new Unrecorded(recorded.refusal.code)
}

/** Fields that are there once; what is there twice is as good as absent. */
function textsOf(fields: unknown): Record<string, string> {
  const given = Object.entries((fields ?? {}) as Record<string, unknown>)
  return Object.fromEntries(
    given.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  )
}
