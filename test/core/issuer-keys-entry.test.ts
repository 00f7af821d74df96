import t from 'tap'
import { entryShape } from '../../src/config/entry-shape.ts'
import { issuerKeysEntry, type KeysFetched } from '../../src/core/issuer-keys-entry.ts'

const at = Date.parse('2026-11-23T09:14:02.113Z')
const time = '2026-11-23T09:14:02.113Z'

const fetched: KeysFetched = {
  kind: 'keys_fetched',
  issuer: 'gitlab',
  keys: 2,
  added: [],
  withdrawn: [],
  isRecovered: false,
}
const failed = {
  kind: 'fetch_failed',
  issuer: 'gitlab',
  detail: 'down',
  isRepeated: false,
} as const
const common = { time, kind: 'issuer_keys', issuer: 'gitlab' } as const

const cases = [
  {
    it: 'keys that came and went',
    event: { ...fetched, added: ['k2', 'k3'], withdrawn: ['k1'] },
    entry: {
      ...common,
      outcome: 'allowed',
      added: ['k2', 'k3'],
      withdrawn: ['k1'],
      key_count: 2,
    },
  },
  {
    it: 'a key that came',
    event: { ...fetched, added: ['k2'] },
    entry: { ...common, outcome: 'allowed', added: ['k2'], key_count: 2 },
  },
  {
    it: 'a key that went',
    event: { ...fetched, keys: 1, withdrawn: ['k1'] },
    entry: { ...common, outcome: 'allowed', withdrawn: ['k1'], key_count: 1 },
  },
  {
    it: 'a fetch that works again',
    event: { ...fetched, isRecovered: true },
    entry: { ...common, outcome: 'allowed', key_count: 2 },
  },
  {
    it: 'the first fetch that fails',
    event: failed,
    entry: { ...common, outcome: 'failed', detail: 'down' },
  },
] as const

for (const { it, event, entry } of cases) {
  t.test(`${it}: an entry`, async (t) => {
    t.strictSame(issuerKeysEntry(event, at), entry)
    t.equal(entryShape.safeParse(placed(entry)).success, true, 'which the schema knows')
  })
}

for (const [it, event] of [
  ['the same keys again', fetched],
  ['a fetch that fails again', { ...failed, isRepeated: true }],
  ['a key by itself', { kind: 'key_added' }],
  ['a claim that is not in the table', { kind: 'claim_unknown' }],
] as const) {
  t.test(`${it}: no entry`, async (t) => {
    t.equal(issuerKeysEntry(event, at), undefined)
  })
}

t.test('an entry stays short, however many keys an issuer has', async (t) => {
  const many = Array.from({ length: 640 }, () => `${'鍵'.repeat(64)}…`)
  const entry = issuerKeysEntry({ ...fetched, added: many, withdrawn: many }, at)
  const added = entry?.['added'] as string[]
  t.equal(added.length, 101)
  t.equal(added.at(-1), '… (540 more)')
  t.ok(Buffer.byteLength(JSON.stringify(entry)) < 60_000)
  const exactly = issuerKeysEntry({ ...fetched, withdrawn: many.slice(0, 100) }, at)
  t.strictSame(exactly?.['withdrawn'], many.slice(0, 100))
})

/** The entry as the journal completes it. */
function placed(entry: object): object {
  return {
    id: '01JDCBVZT1XQ8B6J3W0R4M5N7K',
    seq: 1,
    prev: '0'.repeat(64),
    ...entry,
    replica: 'sallyport-0',
    version: '0.1.0',
  }
}
