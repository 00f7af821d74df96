import { fastify } from 'fastify'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { reviewEntry, type ReviewFacts } from '../../src/core/review-entry.ts'
import { refusal } from '../../src/core/refusal.ts'
import { scheduleTimer } from '../../src/identify/schedule.ts'
import { createLog } from '../../src/log.ts'
import type { Recorded } from '../../src/record/journal.ts'
import { markupOf, type Html } from '../../src/review/html.ts'
import {
  Unrecorded,
  type Answer,
  type ReviewParts,
  type Visit,
} from '../../src/review/pages/visit.ts'
import { createReviewPage } from '../../src/review/review-page.ts'
import type { Reviewer } from '../../src/review/reviewer.ts'
import { memoryReviewIndex } from './review-index.ts'

type Entry = Readonly<Record<string, unknown>>

/** Somebody who may look, from this machine. */
export const loopbackReviewer: Reviewer = {
  name: 'loopback',
  issuer: undefined,
  via: 'loopback',
  formToken: 'the-form-token',
}

/** Parts of a review page over entries in memory, to which what reviewers do is added. */
export function reviewParts(
  entries: Entry[],
  changes: Partial<ReviewParts> = {},
): ReviewParts & { readonly facts: ReviewFacts[] } {
  const facts: ReviewFacts[] = []
  return {
    index: memoryReviewIndex(entries),
    access: {
      hasLogin: false,
      routes: (_app, _options, done) => done(),
      reviewerOf: () => loopbackReviewer,
    },
    record: async (fact) => {
      facts.push(fact)
      entries.push({ id: `r${entries.length}`, seq: entries.length + 1, ...reviewEntry(fact) })
      return { ok: true }
    },
    now: Date.now,
    schedule: scheduleTimer,
    log: createLog({ level: 'silent' }),
    temporalUiUrl: 'https://temporal.example/ui',
    facts,
    ...changes,
  }
}

/** A visit of somebody on this machine, whose entries are recorded by the parts. */
export function visitOf(parts: ReviewParts, changes: Partial<Visit> = {}): Visit {
  return {
    reviewer: loopbackReviewer,
    query: {},
    params: {},
    form: {},
    lastEventId: undefined,
    isStillAllowed: () => true,
    record: async (action, about) => {
      const { name: reviewer, issuer } = loopbackReviewer
      const facts = { at: parts.now(), action, reviewer, issuer, peer: '127.0.0.1' }
      const recorded = await parts.record({ ...facts, ...(about && { about }) })
      if (!recorded.ok) throw new Unrecorded(recorded.refusal.code)
    },
    ...changes,
  }
}

/** The page that a visit was answered with, its main part as text. */
export function pageIn(answer: Answer): {
  title: string
  status: number
  main: string
  text: string
} {
  if (!('page' in answer)) throw new Error(`no page: ${JSON.stringify(answer)}`)
  const main = flat(answer.page.main)
  return { title: answer.page.title, status: answer.status ?? 200, main, text: textIn(main) }
}

/** What a record says where the journal takes nothing. */
export const unrecorded: Recorded = {
  ok: false,
  refusal: refusal('audit_unavailable', 'the disk is full'),
}

/** Serves a review page on this machine until the test ends. */
export async function startReviewPage(
  t: Test,
  parts: ReviewParts,
): Promise<{ readonly url: string }> {
  const app = fastify()
  await app.register(createReviewPage(parts))
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  return { url: `http://127.0.0.1:${(app.server.address() as AddressInfo).port}` }
}

/** Markup on one line, so that it can be compared. */
export function flat(markup: Html): string {
  return markupOf(markup).replaceAll(/\s+/g, ' ')
}

/** What a person reads of markup: its text, with white space as one space. */
export function textIn(markup: string): string {
  return markup
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
