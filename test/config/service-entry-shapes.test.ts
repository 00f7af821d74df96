import t from 'tap'
import {
  checkpoint,
  issuerKeys,
  policy,
  retention,
  review,
  signingKey,
  start,
  stop,
} from '../../src/config/service-entry-shapes.ts'
import { readBack, sampleEntries as samples } from '../support/sample-entries.ts'

const wrong: [string, { safeParse: (entry: object) => { success: boolean } }, object, object][] = [
  ['a policy without an outcome', policy, samples.policy, { outcome: undefined }],
  [
    'more names than are listed',
    policy,
    samples.policy,
    { added: { count: 1, names: Array.from({ length: 51 }, () => 'r') } },
  ],
  ['a change that says more', policy, samples.policy, { added: { count: 0, names: [], by: 'x' } }],
  ['keys that are refused', issuerKeys, samples.issuerKeys, { outcome: 'refused' }],
  ['a checkpoint of nothing', checkpoint, samples.checkpoint, { size: 0 }],
  ['a checkpoint without its note', checkpoint, samples.checkpoint, { note: undefined }],
  ['a key id that is too long', signingKey, samples.signingKey, { key: '0123abcd4' }],
  ['a removal without the head', retention, samples.retention, { removed_head: undefined }],
  ['an action that is none', review, samples.signOff, { action: 'delete' }],
  ['facts that nest', review, samples.signOff, { about: { a: {} } }],
  ['a durability that is none', start, samples.start, { durability: 'perhaps' }],
  ['a stop with a policy', stop, samples.stop, { policy_hash: `sha256:${'7'.repeat(64)}` }],
]

t.test('what does not fit is refused', async (t) => {
  for (const [name, shape, entry, change] of wrong) {
    t.ok(shape.safeParse(readBack(entry as never)).success, name)
    t.notOk(shape.safeParse(readBack({ ...entry, ...change })).success, name)
  }
})
