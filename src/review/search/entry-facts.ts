import { states, type NameColumn } from './schema.ts'

type Entry = Readonly<Record<string, unknown>>

/** A text of a call, and a second one by which the same thing is found. */
export interface NameFact {
  readonly column: NameColumn
  readonly text: string
  readonly also: string
}

/** What the index keeps of an entry about a call. */
export interface CallFacts {
  readonly kind: 'call'
  readonly decisionId: string | undefined
  readonly refused: boolean
  /** How many calls it stands for. */
  readonly weight: number
  readonly names: readonly NameFact[]
  /** What became of it, where the same entry says so. */
  readonly end: EndFacts | undefined
}

/** What the index keeps of how a call ended. */
export interface EndFacts {
  readonly state: number
  readonly code: string | undefined
}

/** What the index keeps of an entry. */
export type EntryFacts =
  | CallFacts
  | { readonly kind: 'end'; readonly decisionId: string; readonly end: EndFacts }
  | { readonly kind: 'identity'; readonly token: string }
  | { readonly kind: 'sign_off' }
  | { readonly kind: 'other' }

/** Which field of an entry each column is of, and the field with its second text. */
const namedFields: readonly (readonly [column: NameColumn, field: string, also?: string])[] = [
  ['project', 'project_path', 'project_id'],
  ['job', 'job_id'],
  ['person', 'user_login', 'user_id'],
  ['namespace', 'namespace'],
  ['workflow', 'workflow_id'],
  ['workflow_type', 'workflow_type'],
  ['method', 'method'],
  ['rule', 'rule'],
  ['code', 'code'],
]

/** Takes from an entry what the index keeps. Whoever can write a journal can write anything into it. */
export function factsOf(entry: Entry): EntryFacts {
  const { kind } = entry
  const decisionId = textOf(entry, 'decision_id')
  if (kind === 'decision') return callOf(entry, undefined)
  if (kind === 'refusals')
    return { ...callOf(entry, undefined), decisionId: undefined, refused: true }
  if (kind === 'completion') {
    const end = { state: endOf(entry), code: textOf(entry, 'code') }
    if (entry['level'] === 'completion') return callOf(entry, end)
    if (decisionId !== undefined) return { kind: 'end', decisionId, end }
  }
  const token = textOf(entry, 'token_sha256')
  if (kind === 'identity' && token !== undefined) return { kind: 'identity', token }
  if (kind === 'review' && entry['action'] === 'sign_off') return { kind: 'sign_off' }
  return { kind: 'other' }
}

/** When an entry was, in milliseconds since the epoch; 0 where it does not say. */
export function timeOf(entry: Entry): number {
  const { time } = entry
  return (typeof time === 'string' && Date.parse(time)) || 0
}

function callOf(entry: Entry, end: EndFacts | undefined): CallFacts {
  const names: NameFact[] = []
  for (const [column, field, alsoField] of namedFields) {
    const text = textOf(entry, field) ?? ''
    const also = (alsoField && textOf(entry, alsoField)) ?? ''
    if (text || also) names.push({ column, text, also })
  }
  return {
    kind: 'call',
    decisionId: textOf(entry, 'decision_id'),
    refused: entry['outcome'] === 'refused',
    weight: weightOf(entry),
    names,
    end,
  }
}

function weightOf({ kind, count }: Entry): number {
  if (kind !== 'refusals' || !Number.isSafeInteger(count)) return 1
  return Math.max(1, Number(count))
}

function endOf({ outcome }: Entry): number {
  if (outcome === 'completed' || outcome === 'failed' || outcome === 'cancelled') {
    return states[outcome]
  }
  return states.unknown
}

function textOf(entry: Entry, field: string): string | undefined {
  const value = entry[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}
