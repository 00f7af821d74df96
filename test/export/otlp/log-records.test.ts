import t from 'tap'
import { encodeEntries } from '../../../src/export/otlp/log-records.ts'
import { exportedEntries } from '../../support/exported-entries.ts'
import { decodeRequest, recordsOf } from '../../support/otlp-request.ts'
import { sampleEntries } from '../../support/sample-entries.ts'

function exported(entry: Readonly<Record<string, unknown>>) {
  const line = JSON.stringify(entry)
  return { seq: Number(entry['seq']), line, entry: JSON.parse(line) as typeof entry }
}

const read = (entries: Parameters<typeof encodeEntries>[0]) =>
  recordsOf(decodeRequest(encodeEntries(entries)))

t.test('each entry is a record: its line, its time, its severity, its fields', async (t) => {
  const { allowed } = sampleEntries
  const [record] = read([exported(allowed)])
  const nano = `${Date.parse(allowed.time)}000000`
  t.match(record, {
    scope: 'sallyport',
    resource: {
      'service.name': 'sallyport',
      'service.version': '0.1.0',
      'service.instance.id': 'sallyport-0',
    },
    time: nano,
    observed: nano,
    severity: [9, 'INFO'],
    body: JSON.stringify(allowed),
    eventName: 'sallyport.decision',
    attributes: {
      'sallyport.id': allowed.id,
      'sallyport.decision_id': 'd-7Kq2',
      'sallyport.needs': allowed.needs,
    },
  })
})

t.test('refusals are warnings and failures are errors', async (t) => {
  const { refused, failed } = sampleEntries
  t.match(read([exported(refused), exported(failed)]), [
    { severity: [13, 'WARN'] },
    { severity: [17, 'ERROR'], attributes: { 'sallyport.code': 'upstream_unavailable' } },
  ])
})

t.test('entries of each kind arrive with every field', async (t) => {
  const entries = Object.values(sampleEntries).map(exported)
  const records = read(entries)
  t.same(
    records.map(({ body }) => body),
    entries.map(({ line }) => line),
  )
  for (const [index, { attributes }] of records.entries()) {
    for (const name of Object.keys(entries[index]?.entry ?? {})) {
      const isThere = Object.keys(attributes).some((each) =>
        `${each}.`.startsWith(`sallyport.${name}.`),
      )
      t.ok(isThere, `${String(entries[index]?.entry['kind'])}: ${name}`)
    }
  }
})

t.test('entries of one replica and version share a resource, in their order', async (t) => {
  const entries = [
    ...exportedEntries(1, 3),
    ...exportedEntries(4, 5).map(({ entry, ...rest }) => ({
      ...rest,
      entry: { ...entry, version: '0.2.0' },
    })),
  ]
  const { resourceLogs } = decodeRequest(encodeEntries(entries))
  t.same(
    resourceLogs.map(({ scopeLogs }) => scopeLogs.map(({ logRecords }) => logRecords.length)),
    [[3], [2]],
  )
})

t.test('the same entries come to the same bytes', async (t) => {
  const entries = exportedEntries(1, 20)
  t.same(encodeEntries(entries), encodeEntries(entries))
})

const strange: Record<string, Readonly<Record<string, unknown>>> = {
  nothing: {},
  'a time that is none': { time: 'yesterday', kind: 7, replica: 1, version: null },
  'a time before 1970': { time: '1960-01-01T00:00:00.000Z' },
  'half of a character': { kind: 'decision', replica: '\ud800', version: '\udc00' },
}

for (const [name, entry] of Object.entries(strange)) {
  t.test(`an entry with ${name} can be read, too`, async (t) => {
    const [record] = read([{ seq: 1, line: '{}', entry }])
    t.match(record, { time: '0', body: '{}', resource: { 'service.name': 'sallyport' } })
  })
}
