import t from 'tap'
import { bundleFaults, type BundleParts } from '../../../src/audit/bundle/bundle-faults.ts'
import type { Manifest } from '../../../src/audit/bundle/manifest.ts'

const files = [
  { name: 'README.txt', bytes: 3, sha256: 'aa' },
  { name: 'policies/bb.yaml', bytes: 4, sha256: 'bb' },
]
const manifest: Manifest = {
  format: 'sallyport-audit-bundle/1',
  version: '0.1.0',
  period: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' },
  entries: { first_seq: 40, last_seq: 72, after: { seq: 39, sha256: 'p' }, head: 'h' },
  contents: {
    first_seq: 41,
    last_seq: 70,
    calls_allowed: 1,
    calls_refused: 2,
    kinds: { decision: 3 },
  },
  is_closed: true,
  keys: [],
  policies: [
    { hash: 'sha256:bb', file: 'policies/bb.yaml' },
    { hash: 'sha256:cc', file: null },
  ],
  journal: { ok: true, first_seq: 1, last_seq: 90, problem_count: 0, problems: [] },
  files,
  verify: '',
}

const sums = new Map([
  ['manifest.json', { bytes: 9, sha256: 'mm' }],
  ...files.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }] as const),
])
const parts: BundleParts = {
  manifest,
  files: { sums: () => sums, doubles: () => [] },
  seen: {
    firstTime: '2026-10-31T23:59:59.000Z',
    firstPrev: 'p',
    signedTime: '2026-12-01T00:00:00.000Z',
  },
  lastSeq: 72,
  head: 'h',
  contents: { first: 41, last: 70, allowed: 1, refused: 2, kinds: { decision: 3 } },
}

const faultsOf = (changes: Partial<BundleParts>) =>
  bundleFaults({ ...parts, ...changes }).map(({ code, message }) => `${code}: ${message}`)
const withFiles = (change: (sums: Map<string, { bytes: number; sha256: string }>) => void) => {
  const changed = new Map(sums)
  change(changed)
  return { files: { sums: () => changed, doubles: () => [] } }
}

void t.test('a bundle that is what its manifest says has no faults', async (t) => {
  t.strictSame(faultsOf({}), [])
})

const faults: Record<string, readonly [Partial<BundleParts>, RegExp]> = {
  'no manifest': [{ manifest: undefined }, /^bad_bundle: manifest.json is missing/],
  'a file that is missing': [withFiles((s) => s.delete('README.txt')), /README.txt is missing/],
  'a file that is longer': [
    withFiles((s) => s.set('README.txt', { bytes: 4, sha256: 'aa' })),
    /README.txt is not what the manifest says/,
  ],
  'a file that was changed': [
    withFiles((s) => s.set('README.txt', { bytes: 3, sha256: 'xx' })),
    /its SHA-256 is xx/,
  ],
  'a file that was added': [
    withFiles((s) => s.set('new\u001b', { bytes: 3, sha256: 'xx' })),
    /new\\u\{1b\} is not in the manifest/,
  ],
  'a file that is there twice': [
    { files: { sums: () => sums, doubles: () => ['README.txt'] } },
    /README.txt is there more than once/,
  ],
  'a policy under the hash of another': [
    { manifest: { ...manifest, policies: [{ hash: 'sha256:cc', file: 'policies/bb.yaml' }] } },
    /policies\/bb.yaml is not the policy sha256:cc/,
  ],
  'a beginning that follows another entry': [
    { seen: { ...parts.seen, firstPrev: 'x' } },
    /does not follow the one that the manifest names/,
  ],
  'a beginning with another number': [
    { manifest: { ...manifest, entries: { ...manifest.entries, after: { seq: 3, sha256: 'p' } } } },
    /does not follow the one that the manifest names/,
  ],
  'another end': [{ lastSeq: 71 }, /the last entry is 71, and not 72/],
  'another last line': [{ head: 'x' }, /the last entry is 72, and not 72/],
  'other counts of allowed calls': [
    { contents: { first: 41, last: 70, allowed: 2, refused: 2, kinds: { decision: 3 } } },
    /not as many as the manifest counts/,
  ],
  'other counts of refused calls': [
    { contents: { first: 41, last: 70, allowed: 1, refused: 3, kinds: { decision: 3 } } },
    /not as many as the manifest counts/,
  ],
  'other kinds': [
    { contents: { first: 41, last: 70, allowed: 1, refused: 2, kinds: {} } },
    /not as many as the manifest counts/,
  ],
  'no entry from before the period': [
    { seen: { ...parts.seen, firstTime: '2026-11-01T00:00:00.000Z' } },
    /^period_not_covered: its first entry is from 2026-11-01T00:00:00.000Z/,
  ],
  'no checkpoint from after the period': [
    { seen: { ...parts.seen, signedTime: '2026-11-30T23:59:59.999Z' } },
    /^period_not_covered: its last checkpoint is from 2026-11-30/,
  ],
  'no checkpoint at all': [
    { seen: { ...parts.seen, signedTime: undefined } },
    /its last checkpoint is from no time/,
  ],
}

for (const [name, [changes, fault]] of Object.entries(faults)) {
  void t.test(`is found, and nothing else: ${name}`, async (t) => {
    const found = faultsOf(changes)
    t.match(found, [fault])
    t.equal(found.length, 1)
  })
}

void t.test('a journal that began in the period has nothing from before it', async (t) => {
  const entries = { ...manifest.entries, first_seq: 1, after: { seq: 0, sha256: 'p' } }
  const seen = { ...parts.seen, firstTime: '2026-11-05T00:00:00.000Z' }
  t.strictSame(faultsOf({ manifest: { ...manifest, entries }, seen }), [])
})

void t.test('a bundle without entries lacks all of it', async (t) => {
  const seen = { firstTime: undefined, firstPrev: undefined, signedTime: undefined }
  const found = faultsOf({ seen, lastSeq: 0, head: '', contents: undefined })
  t.match(found, [
    /last entry is 0/,
    /not as many/,
    /first entry is from no time/,
    /last checkpoint/,
  ])
})
