import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { VerifiedPerson } from '../identify/person.ts'
import { newSecret } from './secret.ts'

/** A person who is logged in. */
export interface Session {
  readonly person: VerifiedPerson
  readonly formToken: string
  readonly startedAt: number
}

/** The sessions of this process. They end with it. */
export interface Sessions {
  /** Begins a session. The id is for the browser alone: only its digest is kept. */
  readonly open: (person: VerifiedPerson, at: number) => string
  /** The session of an id; undefined where it is over, or none. Unless `isUse` is false, it counts as in use. */
  readonly find: (id: string | undefined, at: number, isUse?: boolean) => Session | undefined
  /** Ends a session, if it is one. */
  readonly end: (id: string | undefined) => void
}

/** A working day. Groups are as they were at the login, so somebody who left one is out by then. */
export const sessionAgeMaxMs = 8 * 3_600_000

/** A screen that nobody sits at any more. */
const idleMaxMs = 30 * 60_000

/** More than any team of reviewers; beyond it, whoever has been away the longest logs in again. */
const sessionsMax = 1000

/** Keeps who is logged in. Limits count from the times that callers bring. */
export function createSessions(): Sessions {
  const sessions = new LRUCache<string, Session & { seenAt: number }>({ max: sessionsMax })
  return {
    open(person, at) {
      const id = newSecret()
      const session = { person, formToken: newSecret(), startedAt: at, seenAt: at }
      sessions.set(hash('sha256', id), session)
      return id
    },
    find(id, at, isUse = true) {
      const key = hash('sha256', id ?? '')
      const session = sessions.get(key)
      if (session === undefined) return undefined
      const isOver = at - session.startedAt >= sessionAgeMaxMs || at - session.seenAt >= idleMaxMs
      if (isOver) {
        sessions.delete(key)
        return undefined
      }
      if (isUse) session.seenAt = at
      return session
    },
    end(id) {
      sessions.delete(hash('sha256', id ?? ''))
    },
  }
}
