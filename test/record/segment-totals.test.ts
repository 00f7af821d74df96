import t from 'tap'
import { completeSegments } from '../../src/record/segment-totals.ts'

void t.test('counts the segments that are not written any more', async (t) => {
  const directory = t.testdir({
    '000000000001.jsonl': '12345',
    '000000000003.jsonl': '1234567',
    '000000000007.jsonl': 'in use',
    'signing-key.pem': 'not counted',
  })
  const totals = completeSegments(directory)
  t.strictSame([totals.count(), totals.bytes()], [2, 12])
  totals.add(100)
  t.strictSame([totals.count(), totals.bytes()], [3, 112])
  totals.removeOldest(1)
  t.strictSame([totals.count(), totals.bytes()], [2, 107])
  const none = completeSegments(t.testdir({}))
  t.strictSame([none.count(), none.bytes()], [0, 0])
})
