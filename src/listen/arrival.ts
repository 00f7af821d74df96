import type { Metadata } from '../core/call.ts'
import type { Credential } from '../core/credential.ts'
import type { Method } from '../core/method.ts'
import { refusal, type Refusal } from '../core/refusal.ts'
import { isForwardable } from '../temporal/metadata.ts'
import { methodAt } from '../temporal/methods.ts'
import { fieldAt, type Field, type FieldList } from '../wire/field-list.ts'
import { takeCredential } from './credential.ts'
import type { ReadMessage } from './message-frame.ts'
import { parseTimeout } from './timeout.ts'

/** A call that has arrived: its headers are read, its body is not. */
export interface Arrival {
  readonly path: string
  /** The method that the path names, if there is one. */
  readonly method: Method | undefined
  /** What the caller presented; it is in no other field. */
  readonly credential: Credential
  /** What may go upstream of the caller's metadata, or why it cannot be read. */
  readonly metadata: Metadata | Refusal
  /** How long the caller waits, in milliseconds, if it says so. */
  readonly timeoutMs: number | undefined
  /** Network address of the caller, without its port. */
  readonly peer: string
  /** Reads the one message of the body. To be called once, after the caller is known. */
  readonly readMessage: () => ReadMessage
}

/** What the headers of a call say, apart from who sent them and what follows. */
export type ArrivedHead = Omit<Arrival, 'peer' | 'readMessage'> & { readonly encoding: string }

/**
 * Reads a header list: names and values in turn, as they came. `before` is the credential of another call
 * on the same connection: polls are held for long, and one token for all of them is enough.
 */
export function readHead(list: FieldList, before?: Credential): ArrivedHead {
  const headers: Field[] = []
  let path = ''
  let encoding = 'identity'
  const timeouts: string[] = []
  const credentials: string[] = []
  for (let at = 0; at < list.length; at += 2) {
    const name = list[at] as string
    const value = list[at + 1] as string
    if (name === ':path') path = value
    else if (name === 'grpc-timeout') timeouts.push(value)
    else if (name === 'authorization') credentials.push(value)
    else if (name === 'grpc-encoding') encoding = value
    else if (isForwardable(name)) headers.push(fieldAt(list, at))
  }
  const timeout = parseTimeout(timeouts)
  const credential = takeCredential(credentials, before)
  const metadata = headers.filter(([, value]) => !carries(value, credential))
  return {
    path,
    method: methodAt(path),
    credential,
    metadata: faultOf(timeout, metadata) ?? metadata,
    timeoutMs: timeout.ok ? timeout.timeoutMs : undefined,
    encoding,
  }
}

/** A token that the caller sent under another name as well goes no further either. */
function carries(value: string, credential: Credential): boolean {
  return credential.kind === 'bearer' && value.includes(credential.token)
}

/** HTTP/2 allows more than gRPC does, and gRPC servers refuse what is left over. */
const legalName = /^[0-9a-z_.-]+$/
const legalValue = /^[ -~]*$/

function faultOf(timeout: { readonly ok: boolean }, metadata: Metadata): Refusal | undefined {
  if (!timeout.ok) {
    return refusal('metadata_malformed', 'grpc-timeout is not a number with a unit, sent once')
  }
  const isLegal = metadata.every(([name, value]) => legalName.test(name) && legalValue.test(value))
  if (isLegal) return undefined
  return refusal('metadata_malformed', 'a name or a value is not of printable ASCII')
}
