import type { Call, NarrowedField, Need, Objection } from './call.ts'
import { narrowedFields } from './grant.ts'
import { guardNames } from './guard.ts'
import type { Identity, IdentityKind } from './identity.ts'
import type { Method } from './method.ts'
import type { Verb } from './verb.ts'

/** An audit entry as it stands in a journal: whoever can write there can write anything. */
export type RecordedEntry = Readonly<Record<string, unknown>>

const identityKinds: readonly IdentityKind[] = ['machine', 'person', 'agent']

/** The identity that an `identity` entry is of, or undefined where the entry does not say enough. */
export function identityOfEntry(entry: RecordedEntry): Identity | undefined {
  const { claims, guards } = entry
  const kind = identityKinds.find((candidate) => candidate === entry['identity_kind'])
  if (kind === undefined || !isRecord(claims) || !Array.isArray(guards)) return undefined
  return {
    issuer: textOf(entry, 'issuer'),
    kind,
    subject: textOf(entry, 'subject'),
    principal: textOf(entry, 'principal'),
    claims: new Map(Object.entries(claims).filter(isText)),
    guards: guardNames.filter((name) => guards.includes(name)),
    tokenDigest: textOf(entry, 'token_sha256'),
    expiresAt: Date.parse(textOf(entry, 'expires')),
    staleKeys: false,
  }
}

function isText(claim: [string, unknown]): claim is [string, string] {
  return typeof claim[1] === 'string'
}

const objectionCodes: readonly Objection['code'][] = [
  'namespace_missing',
  'namespace_mismatch',
  'nested_call_refused',
  'credential_in_payload',
]

/**
 * The call that a `decision` entry is about, with its needs and the objection that refused it; undefined
 * where the entry does not say what the call needed. The message itself is not recorded.
 */
export function callOfEntry(entry: RecordedEntry, method: Method): Call | undefined {
  const namespace = textOf(entry, 'namespace')
  const code = objectionCodes.find((candidate) => candidate === entry['code'])
  const needs = needsOfEntry(entry['needs'], namespace)
  // Only this one call needs nothing; a refused message may not have come to the point.
  if (needs === undefined && code === undefined && method.name !== 'GetSystemInfo') return undefined
  return {
    method,
    namespace,
    needs: needs ?? [],
    facts: {
      workflowId: textOf(entry, 'workflow_id'),
      workflowType: textOf(entry, 'workflow_type'),
      taskQueue: textOf(entry, 'task_queue'),
      requestId: textOf(entry, 'request_id'),
    },
    objections: code ? [{ code, detail: textOf(entry, 'detail') }] : [],
    message: new Uint8Array(),
    metadata: [],
    deadline: undefined,
  }
}

function needsOfEntry(needs: unknown, namespace: string): readonly Need[] | undefined {
  if (!Array.isArray(needs) || !needs.every(isRecord)) return undefined
  return needs.map((need) => {
    const fields: Partial<Record<NarrowedField, string>> = {}
    for (const field of narrowedFields) {
      const value = need[field]
      if (typeof value === 'string') fields[field] = value
    }
    const verb = textOf(need, 'verb') as Verb
    const own = typeof need['namespace'] === 'string' ? need['namespace'] : namespace
    return need['unnarrowed'] === true
      ? { namespace: own, verb, fields, unnarrowed: true }
      : { namespace: own, verb, fields }
  })
}

function textOf(entry: RecordedEntry, name: string): string {
  const value = entry[name]
  return typeof value === 'string' ? value : ''
}

function isRecord(value: unknown): value is RecordedEntry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
