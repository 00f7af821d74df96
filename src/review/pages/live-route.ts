import { Readable } from 'node:stream'
import { callCells } from './call-cells.ts'
import { createLiveFeed, type LiveNews } from './live-feed.ts'
import { livePage } from './live-page.ts'
import { createLiveSessions } from './live-sessions.ts'
import type { Answer, ReviewParts, Visit } from './visit.ts'

/** Rows that the live view begins with. */
const rowsAtFirst = 50

/** What may wait for a browser that does not read, before it is given up. */
const waitingBytesMax = 1024 ** 2

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  // For proxies that would keep rows back until there are many.
  'x-accel-buffering': 'no',
}

/** The live view and its rows, as Server-Sent Events. <https://html.spec.whatwg.org/#server-sent-events> */
export function createLiveRoutes({ index, schedule, now }: ReviewParts) {
  const feed = createLiveFeed({ index, schedule })
  const sessions = createLiveSessions({ now })

  async function view(visit: Visit): Promise<Answer> {
    await visit.record('view', { page: 'live' })
    const state = await index.state()
    const { rows } = await index.search({}, { order: 'newest_first', limit: rowsAtFirst })
    const session = sessions.open(visit.reviewer.name)
    return {
      page: { title: 'Live', section: 'live', main: livePage({ rows, state, session }) },
    }
  }

  /** The view was recorded when it was opened, so rows come only to one that was. */
  async function rows({ reviewer, query, isStillAllowed, lastEventId }: Visit): Promise<Answer> {
    const { session, after } = query as Readonly<Record<string, unknown>>
    if (typeof session !== 'string' || !sessions.isOpen(session, reviewer.name)) {
      // The status that tells browsers not to ask again.
      return { nothing: 204 }
    }
    const stream = new Readable({ read: () => undefined })
    const stop = feed.listen({
      after: seqOf(lastEventId) ?? seqOf(after) ?? 0,
      isStillAllowed: () => isStillAllowed() && sessions.isOpen(session, reviewer.name),
      tell: (news) => {
        stream.push(eventOf(news))
        if (stream.readableLength > waitingBytesMax) stream.destroy()
      },
      stir: () => void stream.push(': still here\n\n'),
      end: () => stream.push(null),
    })
    if (stop === undefined) return { nothing: 503 }
    stream.once('close', stop)
    // Something must be sent for the browser to know that it is connected.
    stream.push(': connected\n\n')
    return { stream, headers }
  }

  return { view, rows, close: feed.close }
}

function eventOf({ seq, rows, isCut }: LiveNews): string {
  // JSON has no line breaks of its own, so it is one line of data.
  return `id: ${seq}\ndata: ${JSON.stringify({ rows: rows.map(callCells), isCut })}\n\n`
}

function seqOf(text: unknown): number | undefined {
  return typeof text === 'string' && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined
}
