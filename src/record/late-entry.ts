import type { EntryBody } from '../core/audit-entry.ts'
import type { ChainHead } from './chain.ts'

/** Where an entry will stand: behind this head, and behind these entries of its own batch. */
export interface Place {
  readonly head: ChainHead
  readonly before: readonly EntryBody[]
}

/** Gives entries their place in a chain: their lines, one after the other, and the head that they leave. */
export type EncodeBatch = (
  head: ChainHead,
  bodies: readonly EntryBody[],
) => { readonly bytes: Uint8Array; readonly head: ChainHead }

type FieldsAt = (place: Place) => Readonly<Record<string, unknown>>

const fieldsAt = Symbol('fields that depend on the place')

/** Kinds that say something about the chain before them. */
const lateKinds: ReadonlySet<string> = new Set(['checkpoint', 'signing_key'])

/**
 * An entry that is finished when its place in the chain is known. The symbol goes along when others copy
 * the entry, and JSON does not see it.
 */
export function lateEntry(
  body: Pick<EntryBody, 'time'> & { readonly kind: 'checkpoint' | 'signing_key' },
  fields: FieldsAt,
): EntryBody {
  return { ...body, [fieldsAt]: fields }
}

/** Encodes batches that may hold late entries; others are left to `encode` as they are. */
export function finishing(encode: EncodeBatch): EncodeBatch {
  return (head, bodies) => {
    if (!bodies.some(({ kind }) => lateKinds.has(kind))) return encode(head, bodies)
    const pieces: Uint8Array[] = []
    let next = head
    for (const [index, body] of bodies.entries()) {
      const encoded = encode(next, [finished(body, next, bodies.slice(0, index))])
      // A copy, since the encoder may use its room again.
      pieces.push(Buffer.from(encoded.bytes))
      next = encoded.head
    }
    return { bytes: Buffer.concat(pieces), head: next }
  }
}

function finished(body: EntryBody, head: ChainHead, before: readonly EntryBody[]): EntryBody {
  const { [fieldsAt]: fields, ...rest } = body as EntryBody & { readonly [fieldsAt]?: FieldsAt }
  return fields === undefined ? body : { ...rest, ...fields({ head, before }) }
}
