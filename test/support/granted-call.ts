import type { Call } from '../../src/core/call.ts'
import { decide, type Grant } from '../../src/core/decision.ts'
import type { Identity } from '../../src/core/identity.ts'
import { createPolicy, type Policy } from '../../src/core/policy.ts'
import { namespaceVerbs } from '../../src/core/verb.ts'
import { methods } from '../../src/temporal/methods.ts'

/** A job of the project 1. */
export const identity: Identity = {
  issuer: 'gitlab',
  kind: 'machine',
  subject: 'project_path:acme/payments:ref_type:branch:ref:main',
  principal: 'gitlab.test/acme/payments/-/jobs/7',
  claims: new Map([
    ['project_id', '1'],
    ['job_id', '7'],
  ]),
  guards: [],
  tokenDigest: 'd1',
  expiresAt: Number.POSITIVE_INFINITY,
  staleKeys: false,
}

/** Grants everything in the namespace payments to jobs of the project 1. */
export const policy: Policy = createPolicy({
  hash: 'sha256:test',
  denials: [],
  rules: [
    {
      name: 'payments-admin',
      issuer: 'gitlab',
      kind: 'machine',
      match: new Map([['project_id', { operator: 'exact', value: '1' }]]),
      allow: new Set(),
      grants: [
        {
          rule: 'payments-admin',
          role: 'admin',
          over: { namespace: 'payments' },
          verbs: new Set(namespaceVerbs),
          narrowing: new Map(),
        },
      ],
    },
  ],
})

/** A call of a method in the namespace payments, and then some. */
export function callOf(name: string, others: Partial<Call> = {}): Call {
  const method = methods.find((candidate) => candidate.name === name)
  if (method === undefined) throw new Error(`no method is called ${name}`)
  return {
    method,
    namespace: 'payments',
    needs: method.verbs.map((verb) => ({ namespace: 'payments', verb, fields: {} })),
    facts: {},
    objections: [],
    message: Buffer.from('a request'),
    metadata: [],
    deadline: undefined,
    ...others,
  }
}

/** The grant of a call, from a real decision. */
export function grantOf(call: Call): Grant {
  const decision = decide(policy, identity, call)
  if (!decision.allowed) throw new Error(`not granted: ${decision.refusal.detail}`)
  return decision.grant
}
