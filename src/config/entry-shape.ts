import { z } from 'zod'
import { completion, decision, identity, refused, wholeCall } from './call-entry-shapes.ts'
import { common, count, decisionId, entryKinds, refusalCode, text } from './entry-values.ts'
import {
  checkpoint,
  issuerKeys,
  policy,
  retention,
  review,
  signingKey,
  start,
  stop,
} from './service-entry-shapes.ts'

/** What is left of an entry that could not be written in full. */
const remains = {
  ...common,
  kind: z.enum(entryKinds),
  decision_id: decisionId.optional(),
  outcome: text.optional(),
  code: refusalCode.optional(),
}

const oversized = z
  .strictObject({ ...remains, oversized_bytes: count.describe('How long it would have been.') })
  .describe('Stands for an entry of more than 64 KiB.')

const unwritable = z
  .strictObject({ ...remains, unwritable: text.describe('What went wrong.') })
  .describe('Stands for an entry that is no JSON.')

/** The shape of a line of the journal. Strict: a field that is not here is a mistake, or somebody's forgery. */
export const entryShape = z
  .union([
    decision,
    completion,
    wholeCall,
    refused,
    identity,
    policy,
    issuerKeys,
    checkpoint,
    signingKey,
    retention,
    review,
    start,
    stop,
    oversized,
    unwritable,
  ])
  .describe('One line of the audit journal of Sallyport.')
