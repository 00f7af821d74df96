import type { Call } from '../core/call.ts'
import type { Credential } from '../core/credential.ts'
import { isRefusal, refusal, type Refusal } from '../core/refusal.ts'
import { controlMetadata } from '../temporal/metadata.ts'
import { readRequest } from '../temporal/read-request.ts'
import type { Arrival } from './arrival.ts'
import { findCredential } from './credential-in-payload.ts'

/** Reads the body of an arrival whose caller is known, and what the policy must know of it. */
export async function readCall(arrival: Arrival, at: number): Promise<Call | Refusal> {
  const { method, metadata, timeoutMs } = arrival
  if (method === undefined) return refusal('method_unknown', 'the path is in no table')
  if (isRefusal(metadata)) return metadata
  const message = await arrival.readMessage()
  if (!(message instanceof Uint8Array)) return message
  const deadline = timeoutMs === undefined ? undefined : at + timeoutMs
  const call = readRequest({ method, message, metadata, deadline })
  if (isRefusal(call)) return call
  const found = findCredential(message, arrival.credential)
  if (found !== undefined) return withheld(call, found, arrival.credential)
  return { ...call, metadata: [...metadata, ...controlMetadata(call.namespace)] }
}

/** Objects to a credential, and takes it out of what the audit entry would repeat of the message. */
function withheld(call: Call, found: string, credential: Credential): Call {
  const isClean = (text: string) => findCredential(Buffer.from(text), credential) === undefined
  const cleaned = (texts: object) =>
    Object.fromEntries(Object.entries(texts).filter(([, text]) => isClean(text)))
  return {
    ...call,
    namespace: isClean(call.namespace) ? call.namespace : '',
    facts: cleaned(call.facts),
    needs: call.needs
      .filter(({ namespace }) => isClean(namespace))
      .map((need) => ({ ...need, fields: cleaned(need.fields) })),
    objections: [...call.objections, { code: 'credential_in_payload', detail: found }],
  }
}
