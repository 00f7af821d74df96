import { areRecordable, recordedClaims } from '../core/audit-entry.ts'
import type { Call, Need } from '../core/call.ts'
import type { Identity } from '../core/identity.ts'
import type { Method } from '../core/method.ts'
import type { ShadowDecision } from '../core/shadow.ts'
import { fieldKey, writeField, writeList } from './field-bytes.ts'
import { bytesOf, type JsonBytes } from './json-bytes.ts'

const keys = {
  rule: fieldKey('rule'),
  rules: fieldKey('rules'),
  role: fieldKey('role'),
  service: fieldKey('service'),
  method: fieldKey('method'),
  verbs: fieldKey('verbs'),
  namespace: fieldKey('namespace'),
  workflowId: fieldKey('workflow_id'),
  workflowType: fieldKey('workflow_type'),
  taskQueue: fieldKey('task_queue'),
  requestId: fieldKey('request_id'),
  principal: fieldKey('principal'),
  issuer: fieldKey('issuer'),
  tokenDigest: fieldKey('token_sha256'),
}

const claimKeys = recordedClaims.map((name) => [name, fieldKey(name)] as const)

const needFieldKeys: Readonly<Record<keyof Need['fields'], Uint8Array>> = {
  workflow_types: fieldKey('workflow_types'),
  task_queues: fieldKey('task_queues'),
  workflow_ids: fieldKey('workflow_ids'),
  handlers: fieldKey('handlers'),
}

const needsBegin = bytesOf(',"needs":[{"verb":')
const nextNeed = bytesOf('},{"verb":')
const needsEnd = bytesOf('}]')
const unnarrowed = bytesOf(',"unnarrowed":true')
const staleKeys = bytesOf(',"stale_keys":true')
const shadowBegin = bytesOf(',"shadow":{"outcome":')
const shadowCode = fieldKey('code')
const shadowPolicy = fieldKey('policy_hash')
const braceEnd = bytesOf('}')

/** The rules that matched, and what decided. */
export interface Reasons {
  readonly rule: string | undefined
  readonly rules: readonly string[]
  readonly role: string | undefined
}

/** Writes which rules matched, and by which one under which role the call was decided. */
export function writeReasons(out: JsonBytes, { rule, rules, role }: Reasons): void {
  writeField(out, keys.rule, rule)
  if (rules.length > 0) writeList(out, keys.rules, rules)
  writeField(out, keys.role, role)
}

/** Writes what was called, and what that takes. */
export function writeMethod(out: JsonBytes, { service, name, verbs }: Method): void {
  writeField(out, keys.service, service)
  writeField(out, keys.method, name)
  writeList(out, keys.verbs, verbs)
}

/** Writes what was read from the message. */
export function writeCall(
  out: JsonBytes,
  { namespace, facts, needs }: Pick<Call, 'namespace' | 'facts' | 'needs'>,
): void {
  writeField(out, keys.namespace, namespace)
  writeField(out, keys.workflowId, facts.workflowId)
  writeField(out, keys.workflowType, facts.workflowType)
  writeField(out, keys.taskQueue, facts.taskQueue)
  writeField(out, keys.requestId, facts.requestId)
  if (areRecordable(needs)) writeNeeds(out, needs, namespace)
}

function writeNeeds(out: JsonBytes, needs: readonly Need[], outer: string): void {
  let begin = needsBegin
  for (const { verb, namespace, fields, unnarrowed: isUnnarrowed } of needs) {
    out.add(begin)
    begin = nextNeed
    out.quoted(verb)
    if (namespace !== outer) {
      out.add(keys.namespace)
      out.quoted(namespace)
    }
    // In the order in which the message was read, as objects have it.
    for (const name in fields) {
      const value = fields[name as keyof Need['fields']]
      if (value === undefined) continue
      out.add(needFieldKeys[name as keyof Need['fields']])
      out.quoted(value)
    }
    if (isUnnarrowed) out.add(unnarrowed)
  }
  out.add(needsEnd)
}

/** Writes who calls: the claims that entries repeat, and the digest that leads to the others. */
export function writeIdentity(out: JsonBytes, identity: Identity): void {
  writeField(out, keys.principal, identity.principal)
  writeField(out, keys.issuer, identity.issuer)
  for (const [name, key] of claimKeys) writeField(out, key, identity.claims.get(name))
  writeField(out, keys.tokenDigest, identity.tokenDigest)
  if (identity.staleKeys) out.add(staleKeys)
}

/** Writes what a candidate policy would have done. */
export function writeShadow(out: JsonBytes, shadow: ShadowDecision): void {
  out.add(shadowBegin)
  out.quoted(shadow.outcome)
  if (shadow.code) {
    out.add(shadowCode)
    out.quoted(shadow.code)
  }
  if (shadow.rule) {
    out.add(keys.rule)
    out.quoted(shadow.rule)
  }
  out.add(shadowPolicy)
  out.quoted(shadow.policyHash)
  out.add(braceEnd)
}
