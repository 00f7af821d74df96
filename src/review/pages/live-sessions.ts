import { LRUCache } from 'lru-cache'
import { randomUUID } from 'node:crypto'

/** Live views that were opened, and by whom: each was recorded once, however often it reconnects. */
export interface LiveSessions {
  readonly open: (reviewer: string) => string
  readonly isOpen: (session: string, reviewer: string) => boolean
}

/** Beyond these, the oldest has to be opened, and recorded, again. */
const sessionsMax = 1_000

/** A working day: who watches for longer is recorded again. */
const ageMaxMs = 8 * 3_600_000

/** Creates the list of live views that have been recorded. */
export function createLiveSessions({ now }: { readonly now: () => number }): LiveSessions {
  const sessions = new LRUCache<string, { reviewer: string; openedAt: number }>({
    max: sessionsMax,
  })
  return {
    open: (reviewer) => {
      const session = randomUUID()
      sessions.set(session, { reviewer, openedAt: now() })
      return session
    },
    isOpen: (session, reviewer) => {
      const known = sessions.get(session)
      return known?.reviewer === reviewer && now() - known.openedAt < ageMaxMs
    },
  }
}
