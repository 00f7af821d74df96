import { decide } from '../src/core/decision.ts'
import type { Identity } from '../src/core/identity.ts'
import type { Method } from '../src/core/method.ts'
import { createPolicy } from '../src/core/policy.ts'
import { isRefusal } from '../src/core/refusal.ts'
import { builtInRoles, verbsIn } from '../src/core/role.ts'
import { methods } from '../src/temporal/methods.ts'
import { readRequest } from '../src/temporal/read-request.ts'
import { describedMethods } from './request-shapes.ts'

/** What a grant can be over, as far as calls to Temporal go. */
export type Scope = 'namespace' | 'cluster'

const namespace = 'payments'
const rule = 'the-rule'

const identity: Identity = {
  issuer: 'gitlab',
  kind: 'machine',
  subject: 'job',
  principal: 'job',
  claims: new Map([['project_id', '1']]),
  guards: [],
  tokenDigest: '',
  expiresAt: Number.MAX_SAFE_INTEGER,
  staleKeys: false,
}

/** Whether a built-in role can be granted over a scope: it needs verbs that count there. */
export function isGrantable(role: string, scope: Scope): boolean {
  return verbsOf(role, scope).size > 0
}

/** The methods whose plainest request one grant of a built-in role allows, when it is not narrowed. */
export function reachOf(role: string, scope: Scope): readonly Method[] {
  const over = scope === 'cluster' ? { cluster: true as const } : { namespace }
  const terms = { rule, role, over, verbs: verbsOf(role, scope), narrowing: new Map() }
  const policy = createPolicy({
    rules: [
      {
        name: rule,
        issuer: identity.issuer,
        kind: identity.kind,
        match: new Map([['project_id', { operator: 'exact', value: '1' }]]),
        allow: new Set(),
        grants: [terms],
      },
    ],
    denials: [],
    hash: '',
  })
  return methods.filter((method) => decide(policy, identity, plainCall(method)).allowed)
}

function verbsOf(role: string, scope: Scope) {
  return verbsIn(scope, new Set(builtInRoles.get(role)))
}

interface Encoder {
  encode(message: object): { finish(): Uint8Array }
}

const encoders: ReadonlyMap<string, Encoder> = new Map(
  describedMethods().map(({ name, request }) => [name, request as unknown as Encoder]),
)

/** A request with nothing in it but its namespace; a batch must carry one operation at least. */
function plainCall(method: Method) {
  const operation = method.name === 'StartBatchOperation' ? { terminationOperation: {} } : {}
  const request = method.scope === 'cluster' ? {} : { namespace, ...operation }
  const message = encoders.get(method.name)?.encode(request).finish() ?? new Uint8Array()
  const call = readRequest({ method, message, metadata: [], deadline: undefined })
  if (isRefusal(call)) throw new Error(`${method.name}: ${call.detail}`)
  return call
}
