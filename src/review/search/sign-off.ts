import type { SignOff } from '../review-index.ts'
import { timeOf } from './entry-facts.ts'

type Entry = Readonly<Record<string, unknown>>

/** A sign-off as its entry has it, or undefined where the entry is none. */
export function signOffOf(entry: Entry): SignOff | undefined {
  const { kind, action, reviewer, about } = entry
  if (kind !== 'review' || action !== 'sign_off') return undefined
  const facts = (typeof about === 'object' && about !== null ? about : {}) as Entry
  return {
    time: timeOf(entry),
    reviewer: textOf(reviewer),
    from: Date.parse(textOf(facts['from'])),
    to: Date.parse(textOf(facts['to'])),
    firstSeq: Number(facts['first_seq']),
    lastSeq: Number(facts['last_seq']),
    note: textOf(facts['note']),
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
