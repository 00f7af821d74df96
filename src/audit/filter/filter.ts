import type { Pattern } from '../../core/pattern.ts'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { objectOf, textsOf } from '../entry-facts.ts'

/** A test of an entry: one of some fields matches one of some patterns. */
export interface FieldTest {
  readonly fields: readonly string[]
  readonly patterns: readonly Pattern[]
}

/** What somebody looks for in a journal. */
export interface Filter {
  /** Milliseconds since the epoch: the first of the period, and the first after it. */
  readonly from: number
  readonly to: number
  /** What an entry must say itself. */
  readonly own: readonly FieldTest[]
  /** What an entry, or else the decision on the call that it is about, must say. */
  readonly call: readonly FieldTest[]
  /** Kinds that are left out whatever else holds. */
  readonly hidden: ReadonlySet<string>
}

/** A filter that takes everything. */
export const everything: Filter = {
  from: -Infinity,
  to: Infinity,
  own: [],
  call: [],
  hidden: new Set(),
}

/** Whether all tests hold of an entry. Claims of an identity count as its own fields. */
export function passes(tests: readonly FieldTest[], entry: RecordedEntry): boolean {
  return tests.every(({ fields, patterns }) =>
    fields.some((field) =>
      valuesOf(entry, field).some((value) => patterns.some((pattern) => pattern.matches(value))),
    ),
  )
}

function valuesOf(entry: RecordedEntry, field: string): readonly string[] {
  const value = entry[field]
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return textsOf(entry, field)
  // Counted refusals name several methods, with how often there was each.
  if (typeof value === 'object') return Object.keys(objectOf(entry, field))
  const claim = objectOf(entry, 'claims')[field]
  return typeof claim === 'string' ? [claim] : []
}
