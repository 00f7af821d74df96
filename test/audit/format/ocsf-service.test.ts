import t from 'tap'
import {
  issuerKeys,
  lifecycle,
  policyChange,
  retention,
  reviewerAction,
  signingKey,
} from '../../../src/audit/format/ocsf-service.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

t.test('a policy is an entity that is updated, or not', async (t) => {
  t.match(policyChange(samples.policy), {
    message: 'another policy takes effect',
    attributes: {
      status_id: 1,
      entity: { uid: samples.policy.previous_policy_hash },
      entity_result: { uid: samples.policy.policy_hash },
    },
  })
  t.match(policyChange(samples.policyRefused), {
    message: 'a policy was not taken; the old one stays',
    attributes: {
      status_id: 2,
      entity: { uid: samples.policyRefused.policy_hash },
      entity_result: { uid: samples.policyRefused.refused_policy_hash },
    },
  })
})

t.test('keys of issuers are entities', async (t) => {
  t.match(issuerKeys(samples.issuerKeys), {
    message: 'the keys of the issuer gitlab were fetched',
    attributes: { status_id: 1, entity: { name: 'gitlab', type: 'Key set' } },
  })
  t.match(issuerKeys(samples.issuerFailed), {
    message: 'the keys of the issuer gitlab could not be fetched',
    attributes: { status_id: 2 },
  })
  t.match(issuerKeys({}).attributes, { entity: { name: 'unknown' } })
})

t.test('the key of checkpoints is activated, and old files are deleted', async (t) => {
  t.match(signingKey(samples.signingKey), {
    activity: 10,
    attributes: { entity: { uid: '0123abcd' } },
  })
  t.match(retention(samples.retention), {
    activity: 4,
    message: 'entries up to 2 are removed because of their age',
  })
})

t.test('the process starts, signs and stops', async (t) => {
  const app = { name: 'Sallyport', uid: 'sallyport-0', version: '0.1.0' }
  t.match(lifecycle(samples.start), { activity: 3, activityName: undefined, attributes: { app } })
  t.match(lifecycle(samples.stop), { activity: 4 })
  t.match(lifecycle(samples.checkpoint), { activity: 99, activityName: 'checkpoint' })
  t.match(lifecycle({ kind: 'tomorrow' }), { activity: 99, message: 'tomorrow' })
  t.match(lifecycle({}), { activity: 99, message: 'undefined', activityName: undefined })
})

t.test('what reviewers do is a call of an API of its own', async (t) => {
  t.match(reviewerAction(samples.signOff), {
    activity: 1,
    message: 'a reviewer signed off a period',
    attributes: { actor: { user: { name: 'gitlab.com/mira' } }, api: { operation: 'sign_off' } },
  })
  t.match(reviewerAction(samples.search), { activity: 2, message: 'a reviewer: search' })
  t.match(reviewerAction({}).attributes, {
    actor: { user: { name: 'unknown' } },
    api: { operation: 'unknown' },
  })
})
