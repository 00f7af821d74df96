import type { Method } from './method.ts'
import type { Verb } from './verb.ts'

/**
 * Metadata as ordered pairs of a lower-case name and its value; `-bin` values are base64. What came marked
 * as never to be indexed goes on as that: RFC 7541, section 6.2.3.
 */
export type Metadata = readonly (readonly [name: string, value: string, isNeverIndexed?: true])[]

/** Fields of a call that a grant can be narrowed by, under the names that the policy file uses. */
export type NarrowedField = 'workflow_types' | 'task_queues' | 'workflow_ids' | 'handlers'

/**
 * One thing that a call needs to be allowed. Most calls have one need; a call that hides others has
 * several. A field that is absent from `fields` is one that the message does not have; an empty or
 * unknowable value is the empty string, which no narrowing matches.
 */
export interface Need {
  readonly namespace: string
  readonly verb: Verb
  readonly fields: Readonly<Partial<Record<NarrowedField, string>>>
  /** True for what a narrowing leaves alone: `connect`, and work that carries a task token. */
  readonly unnarrowed?: true
}

/** Fields of a call that audit entries show. */
export interface CallFacts {
  readonly workflowId?: string
  readonly workflowType?: string
  readonly taskQueue?: string
  readonly requestId?: string
}

/** What is asked, as read from the very bytes that would be forwarded. */
export interface Call {
  readonly method: Method
  /** The namespace of the outer message; empty where the message names none. */
  readonly namespace: string
  readonly needs: readonly Need[]
  readonly facts: CallFacts
  /** Reasons found in the message for which no grant is enough. */
  readonly objections: readonly Objection[]
  /** The serialized request, inflated: what was read is what is forwarded. */
  readonly message: Uint8Array
  readonly metadata: Metadata
  /** Milliseconds since the epoch at which the caller stops waiting, if it said so. */
  readonly deadline: number | undefined
}

/** Something in a message that no grant makes acceptable, with the detail for the audit entry. */
export interface Objection {
  readonly code:
    | 'namespace_missing'
    | 'namespace_mismatch'
    | 'nested_call_refused'
    | 'credential_in_payload'
  readonly detail: string
}
