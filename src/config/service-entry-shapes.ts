import { z } from 'zod'
import {
  common,
  count,
  counts,
  digest,
  fileHash,
  hashInForce,
  keyId,
  text,
} from './entry-values.ts'

const difference = z.strictObject({ count, names: z.array(text).max(50) })

/** The entry before another policy takes effect, or of one that was not taken. */
export const policy = z
  .strictObject({
    ...common,
    kind: z.literal('policy'),
    outcome: z
      .enum(['allowed', 'refused'])
      .describe('allowed: takes effect. refused: the old one stays.'),
    policy_hash: hashInForce,
    previous_policy_hash: fileHash.optional(),
    rule_count: count.optional(),
    denial_count: count.optional(),
    added: difference.optional(),
    removed: difference.optional(),
    changed: difference.optional(),
    refused_policy_hash: fileHash.optional(),
    problem_count: count.optional(),
    problems: counts.optional().describe('How often there was which problem.'),
  })
  .describe('Another policy, before it takes effect.')

/** The entry about keys of an issuer. */
export const issuerKeys = z
  .strictObject({
    ...common,
    kind: z.literal('issuer_keys'),
    issuer: text,
    outcome: z
      .enum(['allowed', 'failed'])
      .describe('allowed: fetched, and changed. failed: not fetched, for the first time.'),
    added: z.array(text).optional().describe('Ids of keys.'),
    withdrawn: z.array(text).optional().describe('Ids of keys.'),
    key_count: count.optional(),
    detail: text.optional(),
  })
  .describe('Keys of an issuer that came or went.')

/** The entry that signs the end of the chain. */
export const checkpoint = z
  .strictObject({
    ...common,
    kind: z.literal('checkpoint'),
    size: z.int().min(1).describe('Number of the last entry that it covers.'),
    head: digest.describe("SHA-256 of that entry's line."),
    origin: text,
    key: keyId,
    note: z.string().max(4096).describe('The signed note: C2SP signed-note, tlog-checkpoint.'),
    open_calls: count.describe('Allowed decisions without a completion.'),
    oldest_open_seq: z.int().min(1).optional(),
  })
  .describe('The end of the chain, signed.')

/** The entry that names the key of the checkpoints behind it. */
export const signingKey = z
  .strictObject({
    ...common,
    kind: z.literal('signing_key'),
    vkey: text.describe('The key that signs from here on: name+id+base64.'),
    key: keyId,
    previous_key: keyId.optional(),
    note: z.string().max(4096).describe('Signed by the new key and by every previous one at hand.'),
  })
  .describe('The key that signs checkpoints from here on.')

/** The entry before old files are removed. */
export const retention = z
  .strictObject({
    ...common,
    kind: z.literal('retention'),
    removed_through_seq: z.int().min(1),
    removed_head: digest.describe('SHA-256 of the last line that is removed.'),
    segments: z.int().min(1),
  })
  .describe('Files that are about to be removed because of their age.')

/** The entry about a reviewer. */
export const review = z
  .strictObject({
    ...common,
    kind: z.literal('review'),
    action: z.enum([
      'login',
      'login_refused',
      'logout',
      'search',
      'view',
      'verify',
      'export',
      'sign_off',
    ]),
    reviewer: text,
    issuer: text.optional(),
    peer: text,
    about: z
      .record(z.string(), z.union([text, z.number()]))
      .optional()
      .describe('What was looked for, seen or signed.'),
  })
  .describe('What a reviewer did.')

/** The first entry of a process. */
export const start = z
  .strictObject({
    ...common,
    kind: z.literal('start'),
    policy_hash: hashInForce.optional(),
    config_hash: fileHash.optional().describe('SHA-256 of the service file.'),
    durability: z.enum(['synced', 'buffered']).optional(),
    node: text.optional().describe('Version of Node.js.'),
    closed_calls: count.optional().describe('Calls that a crash had left open.'),
    repaired_bytes: count.optional().describe('Length of a half-written line that was cut.'),
  })
  .describe('The process begins.')

/** The last entry of a process. */
export const stop = z
  .strictObject({ ...common, kind: z.literal('stop') })
  .describe('The process ends.')
