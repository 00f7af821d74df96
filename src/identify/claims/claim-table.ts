import type { ClaimLists, Claims } from '../../core/identity.ts'

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
  /** The name that rules know it by, where that is not the token's. */
  readonly as?: string
}

/** Every claim that an issuer signs. A Map, because a token may name a claim `constructor`. */
export type ClaimTable = ReadonlyMap<string, ClaimRow>

/** A payload read by a table. What is not in `claims` fails every test of a rule. */
export interface ReadClaims {
  readonly claims: Claims
  /** Claims that are lists of texts. */
  readonly lists: ClaimLists
  /** Names that are not in the table. */
  readonly unknown: readonly string[]
  /** Names whose value has another JSON type than the table says. */
  readonly mistyped: readonly string[]
}

/** Turns a verified payload into claims: strings as they are, integers in decimal, lists of strings, nothing else. */
export function readClaims(table: ClaimTable, payload: object): ReadClaims {
  const claims = new Map<string, string>()
  const lists = new Map<string, readonly string[]>()
  const unknown: string[] = []
  const mistyped: string[] = []
  for (const [name, value] of Object.entries(payload) as [string, unknown][]) {
    const row = table.get(name)
    if (row === undefined) unknown.push(name)
    else if (!hasType(value, row.types)) mistyped.push(name)
    else if (row.set === 'ignored') continue
    else if (isScalar(value)) claims.set(row.as ?? name, String(value))
    else if (Array.isArray(value)) {
      if (value.every(isText)) lists.set(row.as ?? name, value)
      else mistyped.push(name)
    }
  }
  return { claims, lists, unknown, mistyped }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
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
