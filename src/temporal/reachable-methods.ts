import type { Need } from '../core/call.ts'
import { shortfall, type GrantTerms } from '../core/grant.ts'
import type { Method } from '../core/method.ts'
import type { Pattern } from '../core/pattern.ts'
import { methods } from './methods.ts'
import { needsOf } from './needs.ts'
import type { Reading } from './reading.ts'
import { requestShapes } from './request-shapes.ts'
import type { Field, Shape } from './shape.ts'

/** Stands for every text of a request, its namespace included. */
const someText = 'some'

/**
 * The methods for which some request is within these terms, whatever the values that narrow them. A
 * request is within as {@link needsOf} and {@link shortfall} have it, which also decide on real calls.
 */
export function reachableMethods(terms: GrantTerms): readonly Method[] {
  const open = withOpenValues(terms)
  return possibleRequests
    .filter(({ requests }) =>
      requests.some((needs) =>
        needs.every((need) => shortfall(open, need, new Map()) === undefined),
      ),
    )
    .map(({ method }) => method)
}

/** Only which fields narrow the terms counts: patterns are taken to match, and the namespace to be the one meant. */
function withOpenValues(terms: GrantTerms): GrantTerms {
  const anything: readonly Pattern[] = [{ text: '*', matches: () => true }]
  const narrowing = new Map([...terms.narrowing.keys()].map((field) => [field, anything]))
  const over = 'namespace' in terms.over ? { namespace: someText } : terms.over
  return { ...terms, over, narrowing }
}

/** What requests of each method need: of one that carries nothing it need not, and of one that carries all it can. */
const possibleRequests: readonly {
  readonly method: Method
  readonly requests: readonly (readonly Need[])[]
}[] = Object.entries(requestShapes).flatMap(([name, shape]) => {
  const bare = [...shape.values()].filter((field) => field.name === 'namespace').map(fill)
  const readings = [new Map(bare), fullReading(shape)]
  return methods
    .filter((method) => method.name === name)
    .map((method) => ({
      method,
      requests: readings.map((reading) => needsOf(method, shape, reading)),
    }))
})

function fullReading(shape: Shape): Reading {
  return new Map([...shape.values()].filter(isPlain).map(fill))
}

/** Numbers, flags and parts whose mere presence counts ask for more than the request itself does. */
function isPlain({ kind }: Field): boolean {
  return kind !== 'varint' && kind !== 'presence'
}

function fill(field: Field): [string, string | boolean | Reading | Reading[]] {
  if (field.kind === 'string') return [field.name, someText]
  if (field.shape === undefined) return [field.name, true]
  const inner = fullReading(field.shape)
  return [field.name, field.repeated ? [inner] : inner]
}
