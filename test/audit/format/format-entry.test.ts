import t from 'tap'
import { formatEntry } from '../../../src/audit/format/format-entry.ts'
import { sampleEntries } from '../../support/sample-entries.ts'

const entry = { ...sampleEntries.allowed, workflow_id: 'a\u202eb' }
const line = JSON.stringify(entry)

t.test('native is the line as it is, byte for byte', async (t) => {
  t.equal(formatEntry('native', line, entry), line)
})

t.test(
  'the other formats are one line, always the same, with nothing that could forge',
  async (t) => {
    for (const format of ['ocsf', 'cloudevents'] as const) {
      const text = formatEntry(format, line, entry)
      t.equal(text, formatEntry(format, line, entry))
      t.notMatch(text, /[\n\u202e]/)
      t.match(text, 'a\\u202eb')
    }
    t.match(JSON.parse(formatEntry('ocsf', line, entry)), {
      class_uid: 6003,
      raw_data_size: Number,
    })
    t.match(JSON.parse(formatEntry('cloudevents', line, entry)), { specversion: '1.0' })
  },
)
