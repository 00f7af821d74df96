import type { RecordedEntry } from '../../core/recorded-call.ts'
import { numberOf, textOf, timeOf } from '../entry-facts.ts'
import { harmless, safeJson } from './safe-json.ts'

/** What intermediaries must carry, in bytes: CloudEvents 1.0, "Size Limits". */
const sizeMaxBytes = 64 * 1024

/** Longest text beside the data, in UTF-16 code units. Those that Sallyport writes are shorter. */
const carriedMax = 256

/** Digits of a sequence: the extension orders events by comparing texts. */
const sequenceDigits = 16

/** Fields that say what an event is about, the first of which an entry has. */
const subjects = [
  'decision_id',
  'token_sha256',
  'reviewer',
  'issuer',
  'origin',
  'vkey',
  'code',
  'policy_hash',
] as const

/**
 * An entry as an event of CloudEvents 1.0, at most 64 KiB of JSON on one line. Its data is the entry, byte for
 * byte as its line has it.
 */
export function cloudEventLine(line: string, entry: RecordedEntry): string {
  const event = envelope(entry, harmless(line))
  const bytes = Buffer.byteLength(event)
  return bytes <= sizeMaxBytes ? event : envelope(entry, safeJson(remainsOf(entry, bytes)))
}

function envelope(entry: RecordedEntry, data: string): string {
  const seq = numberOf(entry, 'seq') ?? 0
  const time = timeOf(entry)
  const subject = subjects.map((name) => textOf(entry, name)).find((text) => text)
  const replica = (textOf(entry, 'replica') ?? '').slice(0, carriedMax)
  const context = {
    specversion: '1.0',
    // Never empty, which no receiver would take: an entry without an id is told by its place.
    id: textOf(entry, 'id')?.slice(0, carriedMax) || String(seq),
    source: `/sallyport/${encodeURIComponent(replica.toWellFormed())}`,
    type: `dev.sallyport.audit.${typeOf(entry)}.v1`,
    ...(time !== undefined && { time: new Date(time).toISOString() }),
    ...(subject !== undefined && { subject: subject.slice(0, carriedMax) }),
    datacontenttype: 'application/json',
    sequence: String(seq).padStart(sequenceDigits, '0'),
  }
  return `${safeJson(context).slice(0, -1)},"data":${data}}`
}

function typeOf(entry: RecordedEntry): string {
  const kind = textOf(entry, 'kind') ?? ''
  return /^[a-z_]{1,40}$/.test(kind) ? kind : 'entry'
}

/** What is sent of an entry that is as long as a line may be: which one it is, to be looked up. */
function remainsOf(entry: RecordedEntry, bytes: number): RecordedEntry {
  const names = ['id', 'seq', 'prev', 'time', 'kind', 'decision_id', 'outcome', 'code']
  const kept = [...names, 'replica', 'version'].flatMap((name) => {
    const value = textOf(entry, name) ?? numberOf(entry, name)
    return value === undefined || String(value).length > carriedMax ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), oversized_bytes: bytes }
}
