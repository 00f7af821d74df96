import { hash } from 'node:crypto'
import { decodeJwt, type JWTPayload } from 'jose'
import { didYouMean } from '../../config/did-you-mean.ts'
import type { IssuerSettings } from '../../config/settings.ts'
import type { Identity } from '../../core/identity.ts'
import { isRefusal, type Refusal } from '../../core/refusal.ts'
import { readClaims, type ReadClaims } from '../../identify/claims/claim-table.ts'
import { identityOf } from '../../identify/identity-of.ts'
import { issuerKinds } from '../../identify/issuer-kind.ts'
import { printable } from '../../identify/printable.ts'
import { readUnverified, refuseOversized } from '../../identify/unverified-token.ts'
import { isObject, readInput, readJson } from './input-file.ts'
import type { Note } from './note.ts'
import type { AskedSubject } from './options.ts'
import type { PolicySource } from './policy-source.ts'
import { refuseToken } from './token-check.ts'
import { UsageError } from './usage-error.ts'

/** Who calls, and what is to be said about the token or the claims themselves. */
export interface Subject {
  readonly identity: Identity | Refusal
  /** Why the token would be refused before any rule is asked, its signature left aside. */
  readonly refused: Refusal | undefined
  /** Whether the claims were taken out of a token whose signature nobody checked. */
  readonly isUnverified: boolean
  readonly notes: readonly Note[]
}

/** Who calls, from a file of claims or of a token. Claims go through the same table and guards as a token's. */
export async function readSubject(
  asked: AskedSubject,
  source: Pick<PolicySource, 'issuers' | 'isAssumed'>,
  now: number,
): Promise<Subject> {
  if (asked.kind === 'claims') {
    const payload = claimsIn(await readJson('--claims', asked.file))
    const settings = chooseIssuer(asked.issuer, payload, source)
    return { ...describe(payload, settings, ''), refused: undefined, isUnverified: false }
  }
  const token = (await readInput('--token-file', asked.file)).trim()
  const unusable = refuseOversized(token) ?? onlyRefusal(readUnverified(token))
  if (unusable) return { identity: unusable, refused: unusable, isUnverified: true, notes: [] }
  const payload = decodeJwt(token)
  const settings = chooseIssuer(asked.issuer, payload, source)
  const refused = await refuseToken({ token, payload, settings, at: now })
  return { ...describe(payload, settings, hash('sha256', token)), refused, isUnverified: true }
}

function onlyRefusal(value: object): Refusal | undefined {
  return isRefusal(value) ? value : undefined
}

/** The claims of a file: an object of them, or one that has them under `claims`. */
function claimsIn(json: unknown): JWTPayload {
  const claims = isObject(json) && isObject(json['claims']) ? json['claims'] : json
  if (isObject(claims)) return claims
  throw new UsageError('--claims must name a JSON object of claims, such as {"project_id": "1"}')
}

/** The issuer that is named, or that the claims name, or the only one there is. */
function chooseIssuer(
  name: string | undefined,
  { iss, aud }: JWTPayload,
  { issuers, isAssumed }: Pick<PolicySource, 'issuers' | 'isAssumed'>,
): IssuerSettings {
  const names = issuers.map((issuer) => issuer.name)
  const only = issuers.length === 1 ? issuers[0] : undefined
  const chosen =
    name === undefined
      ? (issuers.find(({ url }) => !isAssumed && url === iss) ?? only)
      : issuers.find((issuer) => issuer.name === name)
  if (chosen === undefined) {
    const known = didYouMean(name ?? '', names) || `known: ${names.join(', ')}`
    const problem = name === undefined ? 'say whose claims these are' : `${name} is not an issuer`
    throw new UsageError(`--issuer: ${problem}; ${known}`)
  }
  if (!isAssumed) return chosen
  // Without a service file, nothing is known that the token could contradict.
  const url = typeof iss === 'string' && URL.canParse(iss) ? iss : chosen.url
  return { ...chosen, url, audience: typeof aud === 'string' ? aud : chosen.audience }
}

function describe(payload: JWTPayload, settings: IssuerSettings, tokenDigest: string) {
  const read = readClaims(issuerKinds[settings.kind].claims, payload)
  const { sub, exp } = payload
  const subject = typeof sub === 'string' ? sub : ''
  const expiresAt = typeof exp === 'number' ? exp * 1000 : 0
  const identity = identityOf({ settings, read, subject, tokenDigest, expiresAt, staleKeys: false })
  return {
    identity,
    notes: [...issuerNotes(payload, settings), ...claimNotes(read, payload, settings)],
  }
}

function issuerNotes({ iss }: JWTPayload, { name, url }: IssuerSettings): readonly Note[] {
  if (typeof iss !== 'string' || iss === url) return []
  const message = `"iss" is ${printable(iss)}, and the issuer ${name} is ${url}: a token with it is not one of ${name}`
  return [{ code: 'other-issuer', message }]
}

/** What in the claims is not as the issuer signs it, and so counts as absent. */
function claimNotes(
  { unknown, mistyped }: ReadClaims,
  payload: JWTPayload,
  settings: IssuerSettings,
): readonly Note[] {
  const table = issuerKinds[settings.kind].claims
  return [
    ...unknown.map((name): Note => {
      const hint = didYouMean(name, [...table.keys()]) || 'rules cannot test it'
      return {
        code: 'claim-unknown',
        message: `${printable(name)} is no claim of ${settings.name}; ${hint}`,
      }
    }),
    ...[...table].flatMap(([name, row]): readonly Note[] => {
      if (!mistyped.includes(name)) return []
      const types = row.types.join(' or ')
      const fix =
        types === 'string' ? `write ${JSON.stringify(String(payload[name]))}` : `write a ${types}`
      const message = `${name} has another JSON type than ${settings.name} signs (${types}) and counts as absent; ${fix}`
      return [{ code: 'claim-mistyped', message }]
    }),
  ]
}
