import type { Call, NarrowedField } from '../../src/core/call.ts'
import type { GrantTerms } from '../../src/core/grant.ts'
import type { Identity } from '../../src/core/identity.ts'
import { compilePattern } from '../../src/core/pattern.ts'
import { createPolicy, type Policy } from '../../src/core/policy.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { builtInRoles, verbsIn } from '../../src/core/role.ts'
import type { Denial, Rule } from '../../src/core/rule.ts'
import type { Method } from '../../src/core/method.ts'
import { methods } from '../../src/temporal/methods.ts'
import { readRequest } from '../../src/temporal/read-request.ts'
import { encodeRequest } from './caller.ts'

/** An identity as a job on a protected branch has it, unless something else is said. */
export function identityOf(parts: Partial<Identity> = {}): Identity {
  return {
    issuer: 'gitlab',
    kind: 'machine',
    subject: 'project_path:acme/payments/ledger-workers:ref_type:branch:ref:main',
    principal: 'gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751',
    claims: new Map([
      ['project_id', '48210377'],
      ['ref', 'main'],
    ]),
    guards: [],
    tokenDigest: 'ab'.repeat(32),
    expiresAt: 2e12,
    staleKeys: false,
    ...parts,
  }
}

/** A grant's terms: a role over a namespace, or over the cluster where none is named. */
export function termsOf(parts: {
  readonly role: string
  readonly namespace?: string
  readonly rule?: string
  readonly narrowing?: Readonly<Partial<Record<NarrowedField, readonly string[]>>>
}): GrantTerms {
  const narrowing = Object.entries(parts.narrowing ?? {}) as [NarrowedField, readonly string[]][]
  const isNamespace = parts.namespace !== undefined
  return {
    rule: parts.rule ?? 'a-rule',
    role: parts.role,
    over: isNamespace ? { namespace: parts.namespace } : { cluster: true },
    verbs: verbsIn(isNamespace ? 'namespace' : 'cluster', new Set(builtInRoles.get(parts.role))),
    narrowing: new Map(narrowing.map(([field, texts]) => [field, texts.map(compilePattern)])),
  }
}

/** A rule for the project of {@link identityOf}. */
export function ruleOf(parts: Partial<Rule> & { readonly grants: Rule['grants'] }): Rule {
  return {
    name: 'a-rule',
    issuer: 'gitlab',
    kind: 'machine',
    match: new Map([['project_id', { operator: 'exact', value: '48210377' }]]),
    allow: new Set(),
    ...parts,
  }
}

/** A policy of these rules. */
export function policyOf(...rules: readonly Rule[]): Policy {
  return policyWith(rules, [])
}

/** A policy of these rules and denials. */
export function policyWith(rules: readonly Rule[], denials: readonly Denial[]): Policy {
  return createPolicy({ rules, denials, hash: `sha256:${'0'.repeat(64)}` })
}

/** The row of the method table under a name that must be there. */
export function methodOf(name: string): Method {
  const method = methods.find((candidate) => candidate.name === name)
  if (method === undefined) throw new Error(`no method is called ${name}`)
  return method
}

/** The call that a request makes, read from real bytes; names are in camel case. */
export function callOf(name: string, request: object = {}): Call {
  const call = readRequest({
    method: methodOf(name),
    message: encodeRequest(name, request),
    metadata: [],
    deadline: undefined,
  })
  if (isRefusal(call)) throw new Error(call.detail)
  return call
}
