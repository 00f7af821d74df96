import t from 'tap'
import {
  completion,
  decision,
  identity,
  refused,
  wholeCall,
} from '../../src/config/call-entry-shapes.ts'
import { readBack, sampleEntries as samples } from '../support/sample-entries.ts'

const wrong: [string, { safeParse: (entry: object) => { success: boolean } }, object, object][] = [
  ['a decision that is no outcome', decision, samples.allowed, { outcome: 'completed' }],
  ['a code that is none', decision, samples.refused, { code: 'because' }],
  ['a verb that is none', decision, samples.allowed, { verbs: ['do'] }],
  ['a decision without the policy in force', decision, samples.allowed, { policy_hash: undefined }],
  ['a number that is text', decision, samples.allowed, { bytes: '585' }],
  [
    'a shadow that says more',
    decision,
    samples.refused,
    { shadow: { ...samples.refused.shadow, token: 'x' } },
  ],
  ['a need that says more', decision, samples.allowed, { needs: [{ verb: 'start', token: 'x' }] }],
  ['a list of no rules', decision, samples.allowed, { rules: [] }],
  ['a call that ends as allowed', completion, samples.completed, { outcome: 'allowed' }],
  ['a completion with the facts of the call', completion, samples.completed, { method: 'M' }],
  ['a refused call at level completion', wholeCall, samples.wholeCall, { decision: 'refused' }],
  ['a count of no calls', refused, samples.refusals, { count: 0 }],
  ['a peer without a count', refused, samples.refusals, { peers: { '::1': 0 } }],
  ['a claim that is no text', identity, samples.identity, { claims: { a: 1 } }],
  ['a guard that is none', identity, samples.identity, { guards: ['dogs'] }],
]

t.test('what does not fit is refused', async (t) => {
  for (const [name, shape, entry, change] of wrong) {
    t.ok(shape.safeParse(readBack(entry as never)).success, name)
    t.notOk(shape.safeParse(readBack({ ...entry, ...change })).success, name)
  }
})
