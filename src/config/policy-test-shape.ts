import { z } from 'zod'
import { name } from './values.ts'

const text = z
  .string({ error: 'is not text; put the value in quotes' })
  .min(1, { error: 'is empty; write a value' })

const claim = z.union([z.string(), z.number(), z.boolean(), z.null()], {
  error: 'is not a value; write text, a number, true, false or null, or leave the claim out',
})

const identity = z.strictObject({
  from: text
    .optional()
    .describe('Another identity of this file, whose claims this one begins with.'),
  issuer: text
    .optional()
    .describe('The name of an issuer in sallyport.yaml; needed unless `from` brings one.'),
  kind: z
    .enum(['machine', 'person', 'agent'], {
      error: 'is not a kind of identity; write machine, person or agent',
    })
    .optional()
    .describe("machine where it is left out; claims of an agent's workload always make an agent."),
  claims: z
    .record(z.string(), claim)
    .default({})
    .describe('Claims as the token has them; null stands for one that is not there.'),
  without: z.array(text).default([]).describe('Claims of `from` that this identity does not have.'),
})

/** Every field of a call, with one value or, in a matrix, with several. */
function callOf<T extends z.ZodType>(value: T) {
  return z.strictObject({
    method: value.describe("The name of an RPC of Temporal's API, such as StartWorkflowExecution."),
    namespace: value.optional(),
    workflow_type: value.optional(),
    task_queue: value.optional(),
    workflow_id: value.optional(),
    schedule_id: value.optional(),
    handler: value.optional().describe('The name of a signal, an update or a query.'),
  })
}

const oneOrMore = z.union(
  [text, z.array(text).min(1, { error: 'is empty; list at least one value' })],
  { error: 'is not text or a list of texts; put each value in quotes' },
)

const expectation = z.union(
  [
    z.literal('allowed'),
    z
      .strictObject({
        allowed: z.strictObject({ rule: text }).optional().describe('By the rule that decides.'),
        refused: text.optional().describe('The code of the refusal, as docs/refusals.md has it.'),
      })
      .refine(({ allowed, refused }) => (allowed === undefined) !== (refused === undefined), {
        error: 'needs exactly one of allowed and refused',
      }),
  ],
  {
    error: 'is not an expectation; write allowed, { allowed: { rule: NAME } } or { refused: CODE }',
  },
)

const test = z.strictObject({
  name: text.describe('A sentence that says what holds.'),
  identity: oneOrMore.describe('Who calls: an identity of this file, or several.'),
  call: callOf(text).optional(),
  calls: z
    .array(callOf(oneOrMore))
    .min(1, { error: 'is empty; list at least one call' })
    .optional()
    .describe('Several calls; a list in a field stands for one call with each of its values.'),
  expect: expectation,
})

/** The shape of `policy.test.yaml`: its types, defaults and JSON Schema all come from here. */
export const policyTestShape = z.strictObject({
  version: z.literal(1, { error: 'is not a version that is known; write 1' }),
  identities: z.record(name, identity).describe('Who calls, by a name that the tests use.'),
  tests: z
    .array(test)
    .min(1, { error: 'is empty; a policy that nobody tests is a guess' })
    .describe('Calls, and what must come of them.'),
})

/** A file of policy tests, defaults filled in. */
export type PolicyTestFile = z.infer<typeof policyTestShape>
export type TestEntry = PolicyTestFile['tests'][number]
export type IdentityEntry = PolicyTestFile['identities'][string]
