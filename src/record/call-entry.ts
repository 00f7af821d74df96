import type { EntryBody, EntryKind } from '../core/audit-entry.ts'
import { bytesOf, JsonBytes } from './json-bytes.ts'

/** What can be read of an entry about a call before it is written. */
interface CallEntryFields {
  readonly time: string
  readonly kind: EntryKind
  readonly decision_id: string
  readonly outcome: string
  readonly code: string | undefined
}

/** Writes all fields of an entry, without the braces around them. */
type WriteFields = (out: JsonBytes) => void

/**
 * An entry about a call, which becomes JSON when it is written and not before: an object with thirty
 * fields that is made only to be encoded costs more than the rest of recording a call. What the journal
 * itself looks at can be read as on any other entry.
 */
export class CallEntry implements EntryBody {
  readonly [field: string]: unknown
  readonly time: string
  readonly kind: EntryKind
  readonly decision_id: string
  readonly outcome: string
  readonly code: string | undefined
  readonly #writeFields: WriteFields

  constructor(fields: CallEntryFields, writeFields: WriteFields) {
    this.time = fields.time
    this.kind = fields.kind
    this.decision_id = fields.decision_id
    this.outcome = fields.outcome
    this.code = fields.code
    this.#writeFields = writeFields
  }

  writeTo(out: JsonBytes): void {
    this.#writeFields(out)
  }

  /** The same with one more field behind the others. */
  with(name: string, value: number): CallEntry {
    return new CallEntry(this, (out) => {
      this.writeTo(out)
      out.ascii(`,"${name}":${value}`)
    })
  }

  /** The entry as whoever reads the journal sees it; for logs, and for tests. */
  toJSON(): EntryBody {
    const out = new JsonBytes(4096)
    out.add(bytesOf('{'))
    this.writeTo(out)
    out.add(bytesOf('}'))
    return JSON.parse(out.between(0, out.length).toString()) as EntryBody
  }
}
