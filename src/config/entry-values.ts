import { z } from 'zod'
import type { EntryKind } from '../core/audit-entry.ts'
import { guardNames } from '../core/guard.ts'
import { refusals, type RefusalCode } from '../core/refusal.ts'
import { clusterVerbs, namespaceVerbs } from '../core/verb.ts'

/** Longest text of a field, in UTF-16 code units: 1,024, and where that cut something, its length. */
const textLengthMax = 1100

/** Text that a caller, an issuer or an operator chose. */
export const text = z.string().min(1).max(textLengthMax)

/** Text that may be empty: claims are as the token has them. */
export const claimValue = z.string().max(textLengthMax)

/** A counting number. */
export const count = z.int().min(0)

/** SHA-256 as 64 hexadecimal digits. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/)

/** The hash of a policy file, or of the service file. */
export const fileHash = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** The id of a key that signs notes: C2SP signed-note. */
export const keyId = z.string().regex(/^[0-9a-f]{8}$/)

/** A ULID. */
export const entryId = z.string().regex(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/)

/** A moment: ISO 8601 in UTC with milliseconds. */
export const moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

/** The name of a decision, as the caller was told it. */
export const decisionId = z.string().regex(/^d-[0-9A-Za-z-]{1,64}$/)

/** The code of a refusal. */
export const refusalCode = z.enum(Object.keys(refusals) as [RefusalCode, ...RefusalCode[]])

/** What a call takes. */
export const verb = z.enum([...namespaceVerbs, ...clusterVerbs])

/** The name of a guard. */
export const guard = z.enum(guardNames)

/** How often each of some names occurred. */
export const counts = z.record(z.string().max(textLengthMax), z.int().min(1))

/** What an entry may be about. */
export const entryKinds = [
  'decision',
  'completion',
  'refusals',
  'identity',
  'policy',
  'issuer_keys',
  'checkpoint',
  'signing_key',
  'retention',
  'review',
  'start',
  'stop',
] as const satisfies readonly EntryKind[]

/** What every entry has, of whatever kind. */
export const common = {
  id: entryId.describe('ULID: what exports and receivers tell entries apart by.'),
  seq: z.int().min(1).describe('Place in the journal of this replica, without gaps.'),
  prev: digest.describe('SHA-256 of the line before, without its newline; zeros for the first.'),
  time: moment.describe('UTC, with milliseconds.'),
  dropped_entries: z
    .int()
    .min(1)
    .optional()
    .describe('Completions given up before this entry, because too many could not be written.'),
  replica: text.describe('Host name of the replica.'),
  version: text.describe('Of Sallyport.'),
}

/** Of the policy that an entry was written under. */
export const hashInForce = fileHash.describe('SHA-256 of the policy file in force.')
