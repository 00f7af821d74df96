import type { Answer } from '../core/answer.ts'
import type { Call, Metadata } from '../core/call.ts'
import type { Grant } from '../core/decision.ts'
import { carry, type CarryingParts, type Forwarded } from './carrying.ts'
import { addField, type FieldList } from '../wire/field-list.ts'
import type { Deadlines } from './deadlines.ts'
import { MessageFrames } from './message-frames.ts'

export interface ForwardParts {
  /** Polls and other calls do not share connections. */
  readonly sessions: Readonly<Record<'polls' | 'others', CarryingParts['sessions']>>
  readonly deadlines: Deadlines
  readonly credential: { readonly metadata: () => Metadata }
  readonly scheme: 'http' | 'https'
  readonly authority: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

export type Forward = (call: Call, grant: Grant, answer: Answer) => Promise<Forwarded>

/**
 * Sends a call upstream as the bytes that were decided on, and its answer back as it comes. Needs the
 * grant of this very call. When the caller goes away, so does the call.
 */
export function createForward(parts: ForwardParts): Forward {
  const { sessions, deadlines, now } = parts
  const polls = { sessions: sessions.polls, deadlines, now }
  const frames = new MessageFrames()
  const others = { sessions: sessions.others, deadlines, now }
  return (call, grant, answer) => {
    if (!grant.isFor(call)) throw new Error('a grant was used for another call than its own')
    // Of the call itself nothing is kept: there are thousands of polls at once.
    return carry(call.method.polling === 'none' ? others : polls, {
      answer,
      deadline: call.deadline,
      head: headOf(call, parts),
      message: frames.frame(call.message),
    })
  }
}

/** The head of a request, but for `grpc-timeout`. */
function headOf(call: Call, { scheme, authority, credential }: ForwardParts): FieldList {
  const list = [':method', 'POST', ':scheme', scheme, ':path', call.method.path]
  list.push(':authority', authority, 'te', 'trailers', 'content-type', 'application/grpc')
  list.push('user-agent', 'sallyport')
  for (const field of call.metadata) addField(list, field)
  for (const field of credential.metadata()) addField(list, field)
  return list
}
