import t from 'tap'
import { harmless, safeJson } from '../../../src/audit/format/safe-json.ts'

t.test('nothing in a line can hide or forge something, and nothing is lost', async (t) => {
  const value = { a: 'x\u202ey\u007f\u009b31m\u2028\n', b: 'é\ud800' }
  const line = safeJson(value)
  t.notMatch(line, /[\p{Cc}\u2028-\u202e]/u)
  t.match(line, 'x\\u202ey\\u007f\\u009b31m\\u2028\\n')
  t.strictSame(JSON.parse(line), value)
})

t.test(
  'DEL is escaped in a line that is otherwise ASCII, and plain lines stay as they are',
  async (t) => {
    t.equal(safeJson({ a: '\u007f' }), '{"a":"\\u007f"}')
    t.equal(harmless('{"a":"b"}'), '{"a":"b"}')
  },
)
