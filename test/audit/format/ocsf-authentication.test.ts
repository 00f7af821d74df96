import t from 'tap'
import {
  introducedToken,
  refusedMany,
  refusedToken,
  reviewerLogin,
} from '../../../src/audit/format/ocsf-authentication.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

t.test('a token is introduced as a logon by OpenID', async (t) => {
  t.match(introducedToken(samples.identity).attributes, {
    auth_protocol_id: 4,
    action_id: 1,
    status_id: 1,
    user: { name: samples.identity.principal, uid: samples.identity.subject, type: 'Service' },
    session: { issuer: 'gitlab', expiration_time: Date.parse(samples.identity.expires) },
  })
  const types = ['person', 'agent', 'toString'].map((kind) => {
    return introducedToken({ ...samples.identity, identity_kind: kind }).attributes['user']
  })
  t.match(types, [{ type: 'User' }, { type: 'Agent' }, { type: undefined }])
  t.match(introducedToken({}).attributes, { user: { name: 'unknown' }, session: undefined })
})

t.test('a call without a verified token is a logon that failed', async (t) => {
  t.match(refusedToken(samples.unverified).attributes, {
    action_id: 2,
    disposition_id: 26,
    status_id: 2,
    status_code: 'signature_invalid',
    user: { name: 'unknown' },
    src_endpoint: { ip: '203.0.113.9' },
  })
  const unchecked = { ...samples.unverified, code: 'keys_unavailable' }
  t.match(refusedToken(unchecked).attributes, { disposition_id: 27 })
})

t.test('counted refusals say how many there were, and between when', async (t) => {
  t.match(refusedMany(samples.refusals), {
    ocsfClass: { uid: 3002 },
    message: '1200 calls without a verified token were refused: credential_missing',
    attributes: {
      count: 1200,
      start_time: Date.parse(samples.refusals.first_time),
      end_time: Date.parse(samples.refusals.last_time),
      src_endpoint: { name: 'several' },
    },
  })
  const one = { ...samples.refusals, peers: { '::1': 1200 }, other_peers: undefined }
  t.match(refusedMany(one).attributes, { src_endpoint: { ip: '::1' } })
  const more = { ...one, other_peers: 3 }
  t.match(refusedMany(more).attributes, { src_endpoint: { name: 'several' } })
  t.match(refusedMany({ ...one, code: 'method_unknown' }), {
    ocsfClass: { uid: 6003 },
    activity: 0,
    attributes: { disposition_id: 2, actor: { user: { name: 'unknown' } } },
  })
})

t.test('reviewers log in, are not let in, and log out', async (t) => {
  t.match(reviewerLogin(samples.login), {
    activity: 1,
    message: 'a reviewer logged in',
    attributes: { status_id: 1, user: { name: 'gitlab.com/mira' }, session: { issuer: 'gitlab' } },
  })
  t.match(reviewerLogin(samples.loginRefused), {
    activity: 1,
    message: 'a reviewer was not let in',
    attributes: { status_id: 2, disposition_id: 26, session: undefined },
  })
  t.match(reviewerLogin(samples.logout), { activity: 2, message: 'a reviewer logged out' })
  t.match(reviewerLogin({}).attributes, { user: { name: 'unknown' } })
})
