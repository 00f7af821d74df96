import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import t from 'tap'
import { cloudEventLine } from '../../../src/audit/format/cloud-event.ts'
import type { RecordedEntry } from '../../../src/core/recorded-call.ts'
import { readBack, sampleEntries as samples } from '../../support/sample-entries.ts'

const file = new URL('../../fixtures/schemas/cloudevents-1.0.json', import.meta.url)
const ajv = new Ajv({ strict: false })
formats.default(ajv)
const validate = ajv.compile(JSON.parse(readFileSync(file, 'utf8')) as object)

const lineOf = (entry: RecordedEntry) => cloudEventLine(JSON.stringify(entry), readBack(entry))
const eventOf = (entry: RecordedEntry) => JSON.parse(lineOf(entry)) as RecordedEntry

/** The rules of the specification that its JSON Schema leaves out: names of attributes, and the size. */
function faults(event: RecordedEntry): string[] {
  const names = Object.keys(event).filter((name) => !/^[a-z0-9]{1,20}$/.test(name))
  const size = Buffer.byteLength(JSON.stringify(event))
  return size > 64 * 1024 ? [...names, `${size} bytes`] : names
}

t.test('every kind of entry is an event that the official schema takes', async (t) => {
  for (const [name, entry] of Object.entries(samples)) {
    const event = eventOf(entry)
    t.ok(validate(event), `${name} ${JSON.stringify(validate.errors)}`)
    t.strictSame(faults(event), [], name)
    t.strictSame(event['data'], readBack(entry), name)
    t.match(event, { id: entry.id, time: entry.time, source: '/sallyport/sallyport-0' }, name)
  }
})

t.test('type, subject and order can be read without the data', async (t) => {
  t.match(eventOf(samples.allowed), {
    type: 'dev.sallyport.audit.decision.v1',
    subject: 'd-7Kq2',
    sequence: '0000000000000004',
  })
  t.match(eventOf(samples.identity), { subject: samples.identity.token_sha256 })
  t.match(eventOf(samples.checkpoint), { subject: 'sallyport/sallyport-0' })
  t.equal(eventOf(samples.stop)['subject'], undefined)
})

t.test('an entry that nobody could have written is an event all the same', async (t) => {
  const hostile: RecordedEntry[] = [
    {},
    { id: '', seq: 'x', kind: 'a b', time: 'soon', replica: 'a b/\ud800?' },
    { kind: 7, decision_id: '', replica: '' },
  ]
  for (const entry of hostile) {
    const event = eventOf(entry)
    t.ok(validate(event), `${JSON.stringify(entry)} ${JSON.stringify(validate.errors)}`)
    t.equal(event['type'], 'dev.sallyport.audit.entry.v1')
  }
})

t.test(
  'an entry as long as a line may be is sent as its place, for a look into the journal',
  async (t) => {
    const long = { ...samples.allowed, workflow_id: 'x'.repeat(65_000) }
    const event = eventOf(long)
    t.strictSame(faults(event), [])
    t.match(event['data'], {
      seq: 4,
      prev: long.prev,
      decision_id: 'd-7Kq2',
      oversized_bytes: Number,
    })
    t.notOk('workflow_id' in (event['data'] as object))
    const escaped = eventOf({ ...samples.allowed, workflow_id: '\u202e'.repeat(20_000) })
    t.ok('oversized_bytes' in (escaped['data'] as object), 'as long as it is once it is escaped')
  },
)

t.test('the subject and the replica are cut where they leave no room, too', async (t) => {
  const id = 'x'.repeat(70_000)
  const event = eventOf({ ...samples.allowed, replica: id, decision_id: id, id })
  t.strictSame(faults(event), [])
  t.ok(validate(event))
  t.match(event['data'], { seq: 4, oversized_bytes: Number })
})
