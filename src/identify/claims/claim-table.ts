import type { Claims } from '../../core/identity.ts'

/**
 * What a claim is good for. `pinnable`: an id that is never given to anybody else, so a rule may rest
 * on it. `matchable`: a fact about the run. `label`: a name that can change hands or that the issuer
 * makes up; it is recorded, and matched only beside an id. `ignored`: never becomes a claim of an
 * identity.
 */
type ClaimSet = 'pinnable' | 'matchable' | 'label' | 'ignored'

/** JSON's types, with numbers that a double holds exactly told from the others. */
type JsonType = 'string' | 'integer' | 'number' | 'boolean' | 'null' | 'array' | 'object'

/** One claim that an issuer signs. */
export interface ClaimRow {
  readonly set: ClaimSet
  readonly types: readonly JsonType[]
}

/** Every claim that an issuer signs. A Map, because a token may name a claim `constructor`. */
export type ClaimTable = ReadonlyMap<string, ClaimRow>

/** A payload read by a table. What is not in `claims` fails every test of a rule. */
export interface ReadClaims {
  readonly claims: Claims
  /** Names that are not in the table. */
  readonly unknown: readonly string[]
  /** Names whose value has another JSON type than the table says. */
  readonly mistyped: readonly string[]
}

/** Turns a verified payload into claims: strings as they are, integers in decimal, nothing else. */
export function readClaims(table: ClaimTable, payload: object): ReadClaims {
  const claims = new Map<string, string>()
  const unknown: string[] = []
  const mistyped: string[] = []
  for (const [name, value] of Object.entries(payload)) {
    const row = table.get(name)
    if (row === undefined) unknown.push(name)
    else if (!hasType(value, row.types)) mistyped.push(name)
    else if (row.set !== 'ignored' && isScalar(value)) claims.set(name, String(value))
  }
  return { claims, unknown, mistyped }
}

function isScalar(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number'
}

function hasType(value: unknown, types: readonly JsonType[]): boolean {
  const type = jsonType(value)
  return types.includes(type) || (type === 'integer' && types.includes('number'))
}

function jsonType(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number'
  if (typeof value === 'string') return 'string'
  return typeof value === 'boolean' ? 'boolean' : 'object'
}
