import { z } from 'zod'
import { guardNames } from '../core/guard.ts'
import { roleNames } from '../core/role.ts'
import { name } from './values.ts'

const claimValue = z.union([z.string(), z.number(), z.boolean()])

const claimValues = z
  .array(claimValue)
  .min(1, { error: 'is empty, so nothing would match; list values' })

const claimTest = z.union([claimValue, z.strictObject({ any_of: claimValues })], {
  error: 'is neither a value nor { any_of: [values] }',
})

const patterns = z
  .array(z.string().min(1, { error: 'is empty, and an empty value matches nothing; leave it out' }))
  .min(1, { error: 'is empty, so nothing would match; leave it out, or list values' })
  .optional()

const grant = z.strictObject({
  namespace: z
    .string()
    .min(1, { error: 'is empty; write the name of a namespace' })
    .optional()
    .describe('The Temporal namespace that the role is over.'),
  cluster: z.literal(true, { error: 'can only be true' }).optional(),
  role: z.enum(roleNames, { error: `is not a role; write one of ${roleNames.join(', ')}` }),
  workflow_types: patterns.describe('Exact names, or patterns with *.'),
  task_queues: patterns.describe('Exact names, or patterns with *.'),
  workflow_ids: patterns.describe('Exact ids, or patterns with *.'),
  handlers: patterns.describe('Names of signals, updates and queries, or patterns with *.'),
})

const rule = z.strictObject({
  name,
  issuer: z.string().describe('The name of an issuer in sallyport.yaml.'),
  match: z
    .record(z.string(), claimTest)
    .refine((match) => Object.keys(match).length > 0, {
      error: 'is empty and would match everybody; name the claims to match',
    })
    .describe('Every claim named here must have this value.'),
  allow: z
    .array(z.enum(guardNames, { error: `is not a guard; write one of ${guardNames.join(', ')}` }))
    .default([])
    .describe('Built-in guards to turn off for the identities of this rule.'),
  grants: z.array(grant).min(1, { error: 'is empty, so the rule grants nothing' }),
})

/** The shape of `policy.yaml`: its types, defaults and JSON Schema all come from here. */
export const policyShape = z.strictObject({
  version: z.literal(1, { error: 'is not a version that is known; write 1' }),
  machines: z.array(rule).default([]).describe('Rules for CI jobs and other workloads.'),
})

export type PolicyFile = z.infer<typeof policyShape>
export type RuleEntry = PolicyFile['machines'][number]
export type GrantEntry = RuleEntry['grants'][number]
