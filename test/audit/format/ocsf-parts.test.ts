import t from 'tap'
import {
  controls,
  destinationOf,
  isOfToken,
  present,
  refusalControl,
  sourceOf,
  statuses,
  unknownUser,
} from '../../../src/audit/format/ocsf-parts.ts'

t.test('absent attributes leave nothing behind', async (t) => {
  t.strictSame(present({ a: 1, b: undefined, c: false }), { a: 1, c: false })
  t.equal(present({ a: undefined }), undefined)
})

t.test('refusals differ by whose fault they are', async (t) => {
  t.equal(refusalControl('token_expired'), controls.unauthorized)
  t.equal(refusalControl('audit_unavailable'), controls.error)
  t.equal(refusalControl('not_granted'), controls.blocked)
  t.equal(refusalControl('toString'), controls.blocked)
  t.equal(refusalControl(undefined), controls.blocked)
  t.strictSame(
    ['token_expired', 'keys_unavailable', 'audit_unavailable', undefined].map(isOfToken),
    [true, true, false, false],
  )
})

t.test('where a call came from and went to', async (t) => {
  t.strictSame(sourceOf({ peer: '::1' }), { ip: '::1' })
  t.strictSame(sourceOf({}), { name: 'unknown' })
  t.match(destinationOf({ replica: 'r' }), { hostname: 'r' })
  t.equal(statuses.unknown.status_id, unknownUser['type_id'])
})
