import { hash } from 'node:crypto'
import t from 'tap'
import { ocsfOf } from '../../../src/audit/format/ocsf.ts'
import type { RecordedEntry } from '../../../src/core/recorded-call.ts'
import { ocsfProblems } from '../../support/ocsf-schema.ts'
import { readBack, sampleEntries as samples } from '../../support/sample-entries.ts'

const eventOf = (entry: RecordedEntry, line?: string) => readBack(ocsfOf(readBack(entry), line))

t.test('every kind of entry is a valid event of its class', async (t) => {
  const classes: Record<keyof typeof samples, readonly [number, number]> = {
    start: [6002, 3],
    signingKey: [3004, 10],
    identity: [3002, 1],
    allowed: [6003, 1],
    refused: [6003, 1],
    unverified: [3002, 1],
    noMethod: [6003, 0],
    completed: [6003, 99],
    failed: [6003, 99],
    unknown: [6003, 99],
    wholeCall: [6003, 99],
    refusals: [3002, 1],
    policy: [3004, 3],
    policyRefused: [3004, 3],
    issuerKeys: [3004, 3],
    issuerFailed: [3004, 3],
    checkpoint: [6002, 99],
    retention: [3004, 4],
    login: [3002, 1],
    loginRefused: [3002, 1],
    logout: [3002, 2],
    signOff: [6003, 1],
    search: [6003, 2],
    oversized: [6003, 0],
    unwritable: [3004, 3],
    stop: [6002, 4],
  }
  for (const [name, entry] of Object.entries(samples)) {
    const event = eventOf(entry, JSON.stringify(entry))
    const [classUid, activity] = classes[name as keyof typeof samples]
    t.strictSame(ocsfProblems(event), [], name)
    t.match(event, { class_uid: classUid, activity_id: activity }, name)
    t.equal(event['type_uid'], classUid * 100 + activity, name)
  }
})

t.test('what stands in no attribute is in unmapped, so that nothing is lost', async (t) => {
  for (const [name, entry] of Object.entries(samples)) {
    const event = eventOf(entry)
    const all = JSON.stringify(event)
    for (const [field, value] of Object.entries(readBack(entry))) {
      const unmapped = (event['unmapped'] ?? {}) as RecordedEntry
      const isThere = field in unmapped || typeof value !== 'string' || all.includes(value)
      t.ok(isThere, `${name}.${field}`)
    }
  }
  t.match(eventOf(samples.refused)['unmapped'], {
    prev: samples.refused.prev,
    project_id: '48210377',
    workflow_type: 'LedgerRollup',
    shadow: { rule: 'wider' },
    stale_keys: true,
  })
})

t.test('every event is told by its entry, its place and its call', async (t) => {
  const line = JSON.stringify(samples.allowed)
  t.match(eventOf(samples.allowed, line), {
    time: Date.parse(samples.allowed.time),
    metadata: {
      version: '1.8.0',
      uid: samples.allowed.id,
      sequence: 4,
      correlation_uid: 'd-7Kq2',
      product: { name: 'Sallyport', version: '0.1.0' },
      profiles: ['security_control'],
      event_code: 'decision',
    },
    raw_data_hash: { algorithm_id: 3, value: hash('sha256', line) },
    raw_data_size: line.length,
  })
  t.match(eventOf(samples.completed)['metadata'], { correlation_uid: 'd-7Kq2', profiles: [] })
  t.notOk('raw_data_hash' in eventOf(samples.allowed))
})

t.test('an entry that nobody could have written is a valid event all the same', async (t) => {
  const hostile: RecordedEntry[] = [
    {},
    { kind: 'constructor' },
    { kind: '__proto__', time: 'soon', seq: 'x', version: 7 },
    { kind: 'decision' },
    { kind: 'decision', outcome: 'refused', code: 'toString', verbs: ['constructor'], method: '' },
    { kind: 'decision', outcome: 'refused', code: 'token_expired', token_sha256: 'a' },
    { kind: 'completion', grpc_status: 0.5, duration_ms: Number.MAX_VALUE },
    { kind: 'completion', grpc_status: 99, outcome: {} },
    { kind: 'completion', level: 'completion' },
    { kind: 'refusals', peers: ['x'], count: 'many' },
    { kind: 'refusals', code: 'method_unknown', peers: { '::1': 1 }, other_peers: 0 },
    { kind: 'policy' },
    { kind: 'issuer_keys' },
    { kind: 'identity', expires: 'never' },
    { kind: 'review' },
    { kind: 'review', action: 'login' },
    { kind: 'signing_key' },
    { kind: 'retention' },
    { kind: 'tomorrow', seq: 1 },
  ]
  for (const entry of hostile) {
    t.strictSame(ocsfProblems(eventOf(entry, 'x')), [], JSON.stringify(entry))
  }
})
