import { z } from 'zod'
import { guardNames } from '../core/guard.ts'
import { name } from './values.ts'

const claimValue = z.union([z.string(), z.number(), z.boolean()], {
  error: 'is not a value; write text, a number or true or false',
})
const claimValues = z.array(claimValue).min(1, { error: 'is empty; list at least one value' })
const text = z.string().min(1, { error: 'is empty; write a value' })

/** Operators on a claim; several in one test must all hold. */
const operators = z
  .strictObject({
    any_of: claimValues.optional().describe('One of these values, exactly.'),
    none_of: claimValues.optional().describe('None of these values; an absent claim passes.'),
    present: z.boolean().optional().describe('Whether the token must carry the claim at all.'),
    under: text.optional().describe('This path or one below it, by whole segments, without case.'),
    glob: text.optional().describe('A pattern: * stays within a / segment, ** crosses it.'),
    semver: text
      .optional()
      .describe('A range of versions, such as >=1.0.0; a leading v is accepted.'),
  })
  .refine((test) => Object.keys(test).length > 0, {
    error: 'is empty; write a value, or an operator such as any_of',
  })

const match = z
  .record(
    z.string(),
    z.union([claimValue, operators], {
      error: 'is neither a value nor an operator; write a value, or { any_of: [a, b] }',
    }),
  )
  .refine((tests) => Object.keys(tests).length > 0, {
    error: 'is empty and would match everybody; name the claims to match',
  })
  .describe('Every claim named here must have this value.')

const patterns = z
  .array(z.string().min(1, { error: 'is empty, and an empty value matches nothing; leave it out' }))
  .min(1, { error: 'is empty, so nothing would match; leave it out, or list values' })
  .optional()

const grant = z.strictObject({
  namespace: text
    .optional()
    .describe(
      'The Temporal namespace that the role is over. {claim} stands for a claim that the same rule pins.',
    ),
  cluster: z.literal(true, { error: 'can only be true' }).optional(),
  audit: z
    .literal('review', { error: 'can only be review' })
    .optional()
    .describe('For people: the review page and its sign-off, and nothing in Temporal.'),
  role: text.optional().describe('A built-in role, or one under roles.'),
  workflow_types: patterns.describe('Exact names, or patterns with *.'),
  task_queues: patterns.describe('Exact names, or patterns with *.'),
  workflow_ids: patterns.describe('Exact ids, or patterns with *.'),
  handlers: patterns.describe('Names of signals, updates and queries, or patterns with *.'),
})

const rule = z.strictObject({
  name,
  issuer: z.string().describe('The name of an issuer in sallyport.yaml.'),
  match,
  allow: z
    .array(z.enum(guardNames, { error: `is not a guard; write one of ${guardNames.join(', ')}` }))
    .default([])
    .describe('Built-in guards to turn off for the identities of this rule.'),
  grants: z.array(grant).min(1, { error: 'is empty, so the rule grants nothing' }),
})

const denial = z.strictObject({
  name,
  issuer: z.string().optional().describe('Of every issuer, where this is left out.'),
  match,
})

/** The shape of `policy.yaml`: its types, defaults and JSON Schema all come from here. */
export const policyShape = z.strictObject({
  version: z.literal(1, { error: 'is not a version that is known; write 1' }),
  machines: z.array(rule).default([]).describe('Rules for CI jobs and other workloads.'),
  people: z.array(rule).default([]).describe('Rules for humans.'),
  agents: z.array(rule).default([]).describe('Rules for AI agents; no other rule is for them.'),
  denials: z.array(denial).default([]).describe('Identities that get nothing, whatever rules say.'),
  roles: z
    .record(name, z.array(z.string()).min(1, { error: 'is empty; list roles and verbs' }))
    .default({})
    .describe('Custom roles: other roles and verbs.'),
})

export type PolicyFile = z.infer<typeof policyShape>
export type RuleEntry = PolicyFile['machines'][number]
export type GrantEntry = RuleEntry['grants'][number]
export type MatchEntry = RuleEntry['match']

/** The sections that hold rules, and the kind of identity that each is for. */
export const sections = [
  ['machines', 'machine'],
  ['people', 'person'],
  ['agents', 'agent'],
] as const

export type SectionName = (typeof sections)[number][0]
