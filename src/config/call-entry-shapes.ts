import { z } from 'zod'
import {
  claimValue,
  common,
  count,
  counts,
  decisionId,
  digest,
  fileHash,
  guard,
  hashInForce,
  moment,
  refusalCode,
  text,
  verb,
} from './entry-values.ts'

const shadow = z
  .strictObject({
    outcome: z.enum(['allowed', 'refused']),
    code: refusalCode.optional(),
    rule: text.optional(),
    policy_hash: fileHash,
  })
  .describe('What a candidate policy would have decided, where that is otherwise.')

const need = z.strictObject({
  verb,
  namespace: z.string().optional().describe("Where it is not the call's own."),
  workflow_types: z.string().optional(),
  task_queues: z.string().optional(),
  workflow_ids: z.string().optional(),
  handlers: z.string().optional(),
  unnarrowed: z.literal(true).optional(),
})

/** Claims of the token that entries about calls repeat, so that each line can be read alone. */
const claims = {
  project_path: text.optional(),
  project_id: text.optional(),
  job_project_id: text.optional(),
  job_id: text.optional(),
  pipeline_id: text.optional(),
  pipeline_source: text.optional(),
  ref: text.optional(),
  ref_type: text.optional(),
  ref_protected: text.optional(),
  environment: text.optional(),
  user_id: text.optional(),
  user_login: text.optional(),
  sha: text.optional(),
}

const bytes = count.optional().describe("Length of the message: the request's, or the answer's.")

/** What is known of a call when it is decided on. */
const call = {
  decision_id: decisionId.describe('What the caller was told, and what pairs the two entries.'),
  rule: text.optional().describe('The rule that decided.'),
  rules: z.array(text).min(1).optional().describe('Every rule whose tests held.'),
  role: text.optional(),
  service: text.optional(),
  method: text.optional(),
  verbs: z.array(verb).min(1).optional(),
  path: text.optional().describe('What was called, where that is no known method.'),
  namespace: text.optional(),
  workflow_id: text.optional(),
  workflow_type: text.optional(),
  task_queue: text.optional(),
  request_id: text.optional(),
  needs: z.array(need).min(1).optional().describe('Each verb that the call took, and over what.'),
  principal: text.optional().describe('The job, as one line.'),
  issuer: text.optional(),
  ...claims,
  token_sha256: digest.optional().describe('Digest of the whole token.'),
  stale_keys: z.literal(true).optional().describe('The keys were overdue for a refresh.'),
  policy_hash: hashInForce,
  shadow: shadow.optional(),
  peer: text.describe('Network address of the caller.'),
}

/** How a call ended. */
const end = {
  outcome: z
    .enum(['completed', 'failed', 'cancelled', 'unknown'])
    .describe('unknown: the process ended before the call did.'),
  code: refusalCode.optional().describe('Why Sallyport ended it, where it did.'),
  detail: text.optional(),
  grpc_status: z.int().min(0).optional(),
  duration_ms: z.number().min(0).optional().describe('From the first header on.'),
}

/** The entry before a call is forwarded, or refused. */
export const decision = z
  .strictObject({
    ...common,
    kind: z.literal('decision'),
    outcome: z.enum(['allowed', 'refused']),
    code: refusalCode.optional().describe('Why it was refused.'),
    detail: text.optional().describe('The same for operators; callers never see it.'),
    ...call,
    bytes,
  })
  .describe('Written before anything is forwarded.')

/** The entry after a call. */
export const completion = z
  .strictObject({
    ...common,
    kind: z.literal('completion'),
    decision_id: decisionId,
    ...end,
    bytes,
  })
  .describe('What became of a call that was forwarded.')

/** The one entry of a call of a group that is recorded at its end only. */
export const wholeCall = z
  .strictObject({
    ...common,
    kind: z.literal('completion'),
    level: z.literal('completion'),
    decision: z.literal('allowed'),
    ...call,
    ...end,
    bytes,
    request_bytes: count
      .optional()
      .describe("Length of the request's message; bytes is the answer's."),
  })
  .describe('Decision and completion in one, written after: for groups of calls set to that.')

/** The entry that counts refusals. */
export const refused = z
  .strictObject({
    ...common,
    kind: z.literal('refusals'),
    outcome: z.literal('refused'),
    code: refusalCode,
    count: z.int().min(1).describe('Exactly so many calls, which have no entries of their own.'),
    first_time: moment,
    last_time: moment,
    peers: counts.optional().describe('Up to ten network addresses, and how many calls of each.'),
    other_peers: count.optional().describe('Calls of all other addresses.'),
    methods: counts.optional().describe('Up to ten methods, and how many calls of each.'),
    other_methods: count.optional().describe('Calls of all other methods.'),
    policy_hash: hashInForce.optional(),
  })
  .describe('Refusals of callers without a verified token, beyond a burst.')

/** The entry that introduces a token. */
export const identity = z
  .strictObject({
    ...common,
    kind: z.literal('identity'),
    token_sha256: digest,
    principal: text.optional(),
    issuer: text,
    identity_kind: z.enum(['machine', 'person', 'agent']),
    subject: text.optional(),
    guards: z.array(guard).describe('Guards that the identity trips.'),
    expires: moment,
    claims: z.record(z.string(), claimValue).describe('Every claim of the token.'),
  })
  .describe('Who a token is for, once per token; decisions refer to it by token_sha256.')
