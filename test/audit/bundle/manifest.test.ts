import t from 'tap'
import { parseManifest, type Manifest } from '../../../src/audit/bundle/manifest.ts'

const digest = '0'.repeat(64)
const manifest: Manifest = {
  format: 'sallyport-audit-bundle/1',
  version: '0.1.0',
  period: { from: '2026-11-01T00:00:00.000Z', to: '2026-12-01T00:00:00.000Z' },
  entries: { first_seq: 1, last_seq: 9, after: { seq: 0, sha256: digest }, head: digest },
  contents: { first_seq: null, last_seq: null, calls_allowed: 0, calls_refused: 0, kinds: {} },
  is_closed: true,
  keys: [],
  policies: [{ hash: 'sha256:x', file: null }],
  journal: { ok: true, first_seq: 1, last_seq: 9, problem_count: 0, problems: [] },
  files: [{ name: 'README.txt', bytes: 1, sha256: digest }],
  verify: '',
}

void t.test('a manifest is read, and what a later version adds does not matter', async (t) => {
  t.strictSame(parseManifest(JSON.stringify(manifest)), manifest)
  t.match(parseManifest(JSON.stringify({ ...manifest, added: 1 })), manifest)
})

void t.test('what is none is none', async (t) => {
  const others = [
    '',
    'null',
    '{}',
    JSON.stringify({ ...manifest, format: 'sallyport-audit-bundle/2' }),
    JSON.stringify({ ...manifest, files: [{ name: 'x', bytes: -1, sha256: digest }] }),
    JSON.stringify({ ...manifest, period: { from: 'then', to: 'now' } }),
  ]
  for (const text of others) t.equal(parseManifest(text), undefined, text.slice(0, 60))
})
