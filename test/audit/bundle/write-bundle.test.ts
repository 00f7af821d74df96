import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { writeBundle, type BundleOptions } from '../../../src/audit/bundle/write-bundle.ts'
import { chainOf, newSigner, segmentName, writeSegments } from '../../support/tampering.ts'

const [first, second] = [newSigner(), newSigner()]
const minuteMs = 60_000
const startMs = Date.parse('2026-11-23T09:00:00.000Z')
const policy = 'version: 1\n'
const policyHash = `sha256:${createHash('sha256').update(policy).digest('hex')}`

/** A journal in which another key signs from entry 16 on; an entry a minute. */
function prepare(t: Test, perSegment = 8) {
  const directory = t.testdir()
  const chain = chainOf(first, minuteMs)
  chain.entry('start', { policy_hash: policyHash })
  chain.signingKey()
  for (let call = 0; call < 12; call += 1) {
    chain.decision(`d-${call}`, 'allowed', { policy_hash: call < 9 ? policyHash : 'sha256:later' })
    chain.completion(`d-${call}`)
    if (call === 5) chain.signingKey(second, [first])
    if (call % 3 === 2) chain.checkpoint()
  }
  const audit = writeSegments(join(directory, 'audit'), chain.lines, perSegment)
  const policyFile = join(directory, 'policy.yaml')
  writeFileSync(policyFile, policy)
  const out = join(directory, 'bundle.tar.gz')
  const bundle = (from: number, to: number, others: Partial<BundleOptions> = {}) =>
    writeBundle({
      directory: audit,
      period: { from: startMs + from * minuteMs, to: startMs + to * minuteMs },
      out,
      policyFiles: [policyFile],
      keys: [first.verifier],
      version: '1.2.3',
      ...others,
    })
  const read = (name: string) => execFileSync('tar', ['-xzOf', out, name], { encoding: 'utf8' })
  return { chain, out, bundle, read, policyFile, directory, audit }
}

void t.test('a bundle holds the lines of a period, and what they are verified with', async (t) => {
  const { chain, bundle, read } = prepare(t)
  const { manifest, report, unusedPolicies } = await bundle(17, 21)
  t.equal(report.ok, true)
  t.strictSame(unusedPolicies, [])
  t.match(manifest, {
    version: '1.2.3',
    period: { from: '2026-11-23T09:17:00.000Z', to: '2026-11-23T09:21:00.000Z' },
    entries: { first_seq: 17, last_seq: 24, after: { seq: 16 } },
    contents: { first_seq: 18, last_seq: 21, calls_allowed: 2, calls_refused: 0 },
    is_closed: true,
    keys: [first.verifier.vkey, second.verifier.vkey],
    journal: { ok: true, first_seq: 1, last_seq: 31, problem_count: 0, problems: [] },
  })
  t.strictSame(JSON.parse(read('manifest.json')), manifest)
  const lines = chain.lines.slice(16, 24).map((line) => `${line}\n`)
  t.equal(read(`entries/${segmentName(17)}`), lines.join(''))
  t.equal(read('keys.txt'), `${first.verifier.vkey}\n${second.verifier.vkey}\n`)
  t.equal(read('handovers.txt').match(/sallyport signing key/g)?.length, 2)
  t.equal(read('checkpoints.txt'), chain.notes[2])
  t.match(read('README.txt'), 'entries 17 to 24')
  t.equal(read(`policies/${policyHash.slice(7)}.yaml`), policy)
})

void t.test('only keys that were named before the range are handed over to it', async (t) => {
  const { bundle, read } = prepare(t)
  await bundle(9, 12)
  t.equal(read('handovers.txt').match(/sallyport signing key/g)?.length, 1)
})

void t.test('segments are cut at both ends, and each file is summed up', async (t) => {
  const { bundle, read, out } = prepare(t, 5)
  const { manifest } = await bundle(9, 22)
  const listing = execFileSync('tar', ['-tzf', out], { encoding: 'utf8' }).trim().split('\n')
  t.strictSame(listing, ['manifest.json', ...manifest.files.map(({ name }) => name)])
  t.strictSame(
    listing.filter((name) => name.startsWith('entries/')),
    [9, 11, 16, 21].map((seq) => `entries/${segmentName(seq)}`),
  )
  for (const { name, bytes, sha256 } of manifest.files) {
    const text = read(name)
    t.equal(Buffer.byteLength(text), bytes, name)
    t.equal(createHash('sha256').update(text).digest('hex'), sha256, name)
  }
})

void t.test('policies are told of that are missing, or were never in force', async (t) => {
  const { bundle, policyFile } = prepare(t)
  const { manifest, unusedPolicies } = await bundle(21, 30)
  t.match(manifest.policies, [{ hash: policyHash }, { hash: 'sha256:later', file: null }])
  t.strictSame(unusedPolicies, [])
  const late = prepare(t)
  const open = await late.bundle(25, 60)
  t.strictSame(open.unusedPolicies, [late.policyFile])
  t.equal(open.manifest.is_closed, false)
  t.equal(policyFile === late.policyFile, true)
})

void t.test('a damaged journal is bundled as it is, and its faults go along', async (t) => {
  const { bundle, audit, read } = prepare(t)
  const path = join(audit, segmentName(9))
  writeFileSync(path, readFileSync(path, 'utf8').replace('completed', 'failed'))
  const { manifest, report } = await bundle(17, 21)
  t.equal(report.ok, false)
  t.match(manifest.journal, { ok: false, problems: [{ segment: segmentName(9), code: 'changed' }] })
  t.match(read('README.txt'), 'THE JOURNAL HAD')
})

void t.test('a period in which nothing happened is shown to be that', async (t) => {
  const { bundle } = prepare(t)
  const { manifest } = await bundle(-20, -10)
  t.match(manifest, {
    entries: { first_seq: 1, last_seq: 9 },
    contents: { first_seq: null, last_seq: null, calls_allowed: 0 },
    is_closed: true,
  })
})

void t.test('the same period makes the same bytes', async (t) => {
  const { bundle, out, directory } = prepare(t)
  await bundle(4, 22)
  const again = join(directory, 'again.tar.gz')
  const shown: number[] = []
  await bundle(4, 22, { out: again, onProgress: ({ bytes }) => void shown.push(bytes) })
  t.ok(readFileSync(out).equals(readFileSync(again)))
  t.ok(shown.length > 0)
})

void t.test('without entries there is nothing to bundle', async (t) => {
  const { bundle, out } = prepare(t)
  await t.rejects(bundle(1, 2, { directory: t.testdir() }), {
    name: 'NoAnswer',
    message: /no entries/,
  })
  t.equal(existsSync(out), false)
})
