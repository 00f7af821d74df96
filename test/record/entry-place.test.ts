import t from 'tap'
import { entryPlace } from '../../src/record/entry-place.ts'

const id = '01J0000000000000000000000A'
const prev = 'ab'.repeat(32)

const cases: Record<string, readonly [line: string, place: object | undefined]> = {
  'as the journal writes it': [
    `{"id":"${id}","seq":42,"prev":"${prev}","kind":"stop"}`,
    { seq: 42, prev },
  ],
  'the largest number that is read at once': [
    `{"id":"${id}","seq":999999999999999,"prev":"${prev}"}`,
    { seq: 999_999_999_999_999, prev },
  ],
  'in another order': [`{"prev":"${prev}","seq":7}`, { seq: 7, prev }],
  'with spaces': [`{ "seq": 7, "prev": "0" }`, { seq: 7, prev: '0' }],
  'without a number': [`{"id":"${id}","prev":"${prev}"}`, undefined],
  'with a number that is none': [`{"seq":"7","prev":"${prev}"}`, undefined],
  'with a number below 1': [`{"seq":0,"prev":"${prev}"}`, undefined],
  'with a number too large to count': [`{"seq":9007199254740993,"prev":"${prev}"}`, undefined],
  'with half a number': [`{"seq":1.5,"prev":"${prev}"}`, undefined],
  'without prev': ['{"seq":7}', undefined],
  'cut short': [`{"id":"${id}","seq":42,"prev":"abab`, undefined],
  'no JSON': ['\u0000\u0000', undefined],
  'no object': ['null', undefined],
  empty: ['', undefined],
}

for (const [name, [line, place]] of Object.entries(cases)) {
  t.test(`the place of a line ${name}`, async (t) => {
    t.same(entryPlace(Buffer.from(line)), place)
  })
}

t.test(
  'only the beginning counts: what stands further behind cannot be taken for it',
  async (t) => {
    const forged = `{"id":"${id}","seq":1,"prev":"${prev}"`
    const line = JSON.stringify({ seq: 7, prev: '0', workflow_id: forged })
    t.same(entryPlace(Buffer.from(line)), { seq: 7, prev: '0' })
    const long = `{"id":"${id}","seq":8,"prev":"${prev}","detail":"${'x'.repeat(65_000)}"}`
    t.same(entryPlace(Buffer.from(long)), { seq: 8, prev })
  },
)
