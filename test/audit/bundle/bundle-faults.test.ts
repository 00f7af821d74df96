import t from 'tap'
import { bundleFaults, type BundleParts } from '../../../src/audit/bundle/bundle-faults.ts'
import type { Manifest } from '../../../src/audit/bundle/manifest.ts'
import { readMe } from '../../../src/audit/bundle/read-me.ts'

const policyHash = 'b'.repeat(64)
const policyFile = `policies/${policyHash}.yaml`
const files = [
  { name: 'README.txt', bytes: 3, sha256: 'aa' },
  { name: 'checkpoints.txt', bytes: 3, sha256: 'cp' },
  { name: policyFile, bytes: 4, sha256: policyHash },
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
  keys: ['key'],
  policies: [
    { hash: `sha256:${policyHash}`, file: policyFile },
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
const texts: Readonly<Record<string, string>> = {
  'README.txt': readMe(manifest),
  'checkpoints.txt': 'one\ntwo\n',
  'keys.txt': 'key\n',
}
const text = (name: string) => texts[name] ?? ''
const contents = {
  allowed: 1,
  refused: 2,
  kinds: { decision: 3 },
  isClosed: true,
  checkpoints: ['one\n', 'two\n'],
  policyHashes: ['sha256:cc', `sha256:${policyHash}`],
}
const parts: BundleParts = {
  manifest,
  version: '0.1.0',
  files: { sums: () => sums, doubles: () => [], text },
  seen: {
    firstTime: '2026-10-31T23:59:59.000Z',
    firstPrev: 'p',
    isFirstSigned: true,
    lastTime: '2026-12-01T00:01:00.000Z',
  },
  lastSeq: 72,
  head: 'h',
  contents,
}

const faultsOf = (changes: Partial<BundleParts>) =>
  bundleFaults({ ...parts, ...changes }).map(({ code, message }) => `${code}: ${message}`)
const withFiles = (change: (sums: Map<string, { bytes: number; sha256: string }>) => void) => {
  const changed = new Map(sums)
  change(changed)
  return { files: { sums: () => changed, doubles: () => [], text } }
}

const withPolicies = (...policies: Manifest['policies']): Manifest => {
  const changed = { ...manifest, policies }
  return { ...changed, version: 'another' }
}
const withText = (name: string, other: string): Partial<BundleParts> => ({
  files: { ...parts.files, text: (asked) => (asked === name ? other : text(asked)) },
})
const ofOnePolicy = { ...contents, policyHashes: ['sha256:cc'] }

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
    { files: { sums: () => sums, doubles: () => ['README.txt'], text } },
    /README.txt is there more than once/,
  ],
  'a file of a name that no bundle has': [
    {
      manifest: { ...manifest, files: [...files, { name: '../pwned', bytes: 3, sha256: 'xx' }] },
      ...withFiles((s) => s.set('../pwned', { bytes: 3, sha256: 'xx' })),
    },
    /..\/pwned is no file of a bundle/,
  ],
  'a policy under the hash of another': [
    {
      manifest: withPolicies({ hash: 'sha256:cc', file: policyFile }),
      contents: { ...contents, policyHashes: ['sha256:cc'] },
    },
    /policies\/b+… is not the policy sha256:cc/,
  ],
  'a policy that is another file': [
    {
      manifest: {
        ...withPolicies({ hash: `sha256:${policyHash}`, file: 'README.txt' }),
        files: files.slice(0, 2),
      },
      contents: { ...contents, policyHashes: [`sha256:${policyHash}`] },
      ...withFiles((s) => s.delete(policyFile)),
    },
    /README.txt is not the policy/,
  ],
  'a policy that was not in force': [
    {
      manifest: withPolicies(...manifest.policies, { hash: 'sha256:dd', file: null }),
    },
    /sha256:dd is no policy of its entries/,
  ],
  'a policy that was in force, and is not named': [
    { manifest: withPolicies(...manifest.policies.slice(0, 1)) },
    /the policy sha256:cc of its entries is not in the manifest/,
  ],
  'a policy’s file that no policy has': [
    { manifest: withPolicies({ hash: 'sha256:cc', file: null }), contents: ofOnePolicy },
    /policies\/b+… is no policy of the manifest/,
  ],
  'other checkpoints beside the entries': [
    withText('checkpoints.txt', 'nothing'),
    /checkpoints.txt does not have the checkpoints of its entries/,
  ],
  'other keys beside the manifest': [
    withText('keys.txt', 'another\n'),
    /keys.txt does not have the keys of the manifest/,
  ],
  'an explanation of somebody else': [
    withText('README.txt', 'all is well'),
    /README.txt does not say what the manifest says/,
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
    { contents: { ...contents, allowed: 2 } },
    /not as many as the manifest counts/,
  ],
  'other counts of refused calls': [
    { contents: { ...contents, refused: 3 } },
    /not as many as the manifest counts/,
  ],
  'other kinds': [{ contents: { ...contents, kinds: {} } }, /not as many as the manifest counts/],
  'a beginning within the period': [
    { seen: { ...parts.seen, firstTime: '2026-11-01T00:00:00.000Z' } },
    /^period_not_covered: its first entry, from 2026-11-01T00:00:00.000Z, is no checkpoint from before/,
  ],
  'a beginning from before the period that is no checkpoint': [
    { seen: { ...parts.seen, isFirstSigned: false } },
    /^period_not_covered: its first entry, from 2026-10-31T23:59:59.000Z, is no checkpoint/,
  ],
  'no checkpoint from after the period': [
    { contents: { ...contents, isClosed: false } },
    /^period_not_covered: its last entry, from 2026-12-01T00:01:00.000Z, comes before a checkpoint/,
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
  const began = { ...manifest, version: 'another', entries }
  const seen = { ...parts.seen, isFirstSigned: false, firstTime: '2026-11-05T00:00:00.000Z' }
  t.strictSame(faultsOf({ manifest: began, seen }), [])
})

void t.test('what another version explained is not compared', async (t) => {
  t.strictSame(faultsOf({ ...withText('README.txt', 'other words'), version: '0.2.0' }), [])
})

void t.test('a bundle without entries lacks all of it', async (t) => {
  const seen = {
    firstTime: undefined,
    firstPrev: undefined,
    isFirstSigned: false,
    lastTime: undefined,
  }
  const found = faultsOf({ seen, lastSeq: 0, head: '', contents: undefined })
  t.match(found, [
    /is no policy of its entries/,
    /is no policy of its entries/,
    /checkpoints.txt/,
    /last entry is 0/,
    /not as many/,
    /first entry, from no time/,
    /last entry, from no time/,
  ])
})
