import type { Call } from '../../core/call.ts'
import type { Identity } from '../../core/identity.ts'
import type { Method } from '../../core/method.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { Note } from './note.ts'

/** What is decided on: who calls what, made up or recorded. */
export interface Case {
  readonly identity: Identity | Refusal
  /** Why the token is refused before any rule is asked. */
  readonly refused: Refusal | undefined
  /** Whether the identity was taken from a token whose signature nobody checked. */
  readonly isUnverified: boolean
  /** Absent where a recorded path is that of no known RPC. */
  readonly method: Method | undefined
  readonly call: Call | Refusal
  readonly notes: readonly Note[]
}
