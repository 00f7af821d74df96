import t from 'tap'
import {
  apiActivity,
  applicationLifecycle,
  authentication,
  classification,
  entityManagement,
  ocsfVersion,
} from '../../../src/audit/format/ocsf-class.ts'

t.test('numbers and words of a class and an activity belong together', async (t) => {
  t.strictSame(classification(apiActivity, 2), {
    category_uid: 6,
    category_name: 'Application Activity',
    class_uid: 6003,
    class_name: 'API Activity',
    activity_id: 2,
    activity_name: 'Read',
    type_uid: 600302,
    type_name: 'API Activity: Read',
  })
  t.match(classification(authentication, 99, 'Own words'), {
    activity_name: 'Own words',
    type_name: 'Authentication: Other',
  })
  t.equal(entityManagement.activities.get(10), 'Activate')
  t.equal(applicationLifecycle.activities.get(3), 'Start')
  t.equal(ocsfVersion, '1.8.0')
})
