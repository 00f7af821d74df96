import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import { verifyBundle } from '../../../src/audit/bundle/verify-bundle.ts'
import { writeBundle } from '../../../src/audit/bundle/write-bundle.ts'
import { chainOf, newSigner, segmentName, writeSegments } from '../../support/tampering.ts'

const [first, second] = [newSigner(), newSigner()]
const keys = [first.verifier]
const startMs = Date.parse('2026-11-23T09:00:00.000Z')

async function prepare(t: Test, from = 17, to = 21) {
  const directory = t.testdir()
  const chain = chainOf(first)
  chain.entry('start')
  chain.signingKey()
  for (let call = 0; call < 12; call += 1) {
    chain.call(`d-${call}`)
    if (call === 5) chain.signingKey(second, [first])
    if (call % 3 === 2) chain.checkpoint()
  }
  const file = join(directory, 'bundle.tar.gz')
  await writeBundle({
    directory: writeSegments(join(directory, 'audit'), chain.lines, 8),
    period: { from: startMs + from * 1000, to: startMs + to * 1000 },
    out: file,
    policyFiles: [],
    version: '1.2.3',
  })
  /** Unpacks it, lets somebody at its files, and packs it again. */
  const tamper = (change: (unpacked: string) => void, names?: readonly string[]) => {
    const unpacked = join(directory, 'unpacked')
    rmSync(unpacked, { recursive: true, force: true })
    mkdirSync(unpacked)
    execFileSync('tar', ['-C', unpacked, '-xzf', file])
    const listing = execFileSync('tar', ['-tzf', file], { encoding: 'utf8' }).trim().split('\n')
    change(unpacked)
    const tampered = join(directory, 'tampered.tar.gz')
    const all = names ?? listing
    execFileSync('tar', ['--format=ustar', '-C', unpacked, '-czf', tampered, ...all])
    return { file: tampered, listing }
  }
  return { chain, file, tamper, directory }
}

const edit = (path: string, from: string, to: string) =>
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))

void t.test('a bundle is verified with the first key, which handed over before it', async (t) => {
  const { file, chain } = await prepare(t)
  const report = await verifyBundle({ file, keys })
  t.match(report, { ok: true, problems: [], entries: 8, firstSeq: 17, lastSeq: 24, checkpoints: 2 })
  t.match(report.keys, [{ trust: 'given' }, { trust: 'vouched' }])
  t.match(await verifyBundle({ file }), { ok: true, trusted: 'first_use' })
  t.match(await verifyBundle({ file, keys: [second.verifier] }), { ok: true })
  const checkpoints = [{ name: 'w', text: chain.notes.slice(0, 3).join('') }]
  t.match(await verifyBundle({ file, keys, checkpoints }), { ok: true, published: 1 })
  const later = [{ name: 'w', text: chain.notes.join('') }]
  t.match(
    await verifyBundle({ file, keys, checkpoints: later }),
    { ok: true, published: 1 },
    'what was published after the period is about entries that are not in it',
  )
})

void t.test('a bundle of the whole journal is verified', async (t) => {
  const { file } = await prepare(t, 0, 25)
  t.match(await verifyBundle({ file, keys }), { ok: true, firstSeq: 1, lastSeq: 31 })
})

void t.test('a stranger’s key proves nothing', async (t) => {
  const { file } = await prepare(t)
  const { problems } = await verifyBundle({ file, keys: [newSigner().verifier] })
  t.match(
    problems.map(({ code }) => code),
    ['period_not_covered', 'unknown_key', 'no_checkpoint'],
  )
})

void t.test(
  'entries that were changed are found, also where the manifest was changed too',
  async (t) => {
    const { tamper } = await prepare(t)
    const name = `entries/${segmentName(17)}`
    const changed = tamper((unpacked) => edit(join(unpacked, name), 'completed', 'failed'))
    const { problems } = await verifyBundle({ file: changed.file, keys })
    t.match(problems, [
      { segment: 'tampered.tar.gz', code: 'bad_bundle', message: /its SHA-256 is/ },
      { segment: segmentName(17), line: 3, code: 'changed' },
    ])
  },
)

void t.test('files that are missing, added or changed are found', async (t) => {
  const { tamper } = await prepare(t)
  const readme = tamper((unpacked) => edit(join(unpacked, 'README.txt'), 'Audit', 'Other'))
  t.match((await verifyBundle({ file: readme.file, keys })).problems, [
    { message: /README.txt is not/ },
  ])
  const added = tamper(
    (unpacked) => writeFileSync(join(unpacked, 'more'), ''),
    [...readme.listing, 'more'],
  )
  t.match((await verifyBundle({ file: added.file, keys })).problems, [
    { message: /not in the manifest/ },
  ])
  const fewer = tamper(
    () => undefined,
    readme.listing.filter((name) => name !== 'README.txt'),
  )
  t.match((await verifyBundle({ file: fewer.file, keys })).problems, [
    { message: /README.txt is missing/ },
  ])
  const without = tamper(() => undefined, readme.listing.slice(1))
  t.match((await verifyBundle({ file: without.file, keys })).problems[0], {
    message: /manifest.json is missing/,
  })
})

void t.test('handovers and keys that are rubbish vouch for nobody', async (t) => {
  const { tamper } = await prepare(t)
  const { file } = tamper((unpacked) => {
    writeFileSync(join(unpacked, 'handovers.txt'), 'rubbish\n')
    writeFileSync(join(unpacked, 'keys.txt'), 'rubbish\n')
  })
  const { problems } = await verifyBundle({ file })
  t.ok(problems.some(({ code }) => code === 'unknown_key'))
})

void t.test('a bundle that does not reach the end of its period says so', async (t) => {
  const { file } = await prepare(t, 17, 60)
  const { problems } = await verifyBundle({ file, keys })
  t.match(problems, [{ code: 'period_not_covered', message: /entries may be missing at its end/ }])
})

void t.test('half a line at an end is a fault here', async (t) => {
  const { tamper } = await prepare(t)
  const name = `entries/${segmentName(17)}`
  const { file } = tamper((unpacked) => writeFileSync(join(unpacked, name), '{"id"', { flag: 'a' }))
  const { problems } = await verifyBundle({ file, keys })
  t.ok(problems.some(({ code }) => code === 'incomplete_line'))
})

void t.test('what is no bundle, or is cut short, is said to be none', async (t) => {
  const { file, directory } = await prepare(t)
  const other = join(directory, 'other')
  const first = async () => (await verifyBundle({ file: other, keys })).problems[0]
  writeFileSync(other, 'text')
  t.match(await first(), { segment: 'other', code: 'bad_bundle', message: /header/ })
  writeFileSync(other, gzipSync('text'))
  t.match(await first(), { code: 'bad_bundle', message: /cut short/ })
  writeFileSync(other, readFileSync(file))
  truncateSync(other, 700)
  t.match(await first(), { code: 'bad_bundle', message: /unexpected end of file/ })
  const cut = gunzipSync(readFileSync(file))
  writeFileSync(other, gzipSync(cut.subarray(0, cut.length - 1024)))
  t.match(await first(), { code: 'bad_bundle', message: /cut short/ })
})

void t.test('it says how far it is, and ends when it is told to', async (t) => {
  const { file } = await prepare(t)
  const shown: (readonly [number, number])[] = []
  await verifyBundle({
    file,
    onProgress: ({ bytes, totalBytes }) => void shown.push([bytes, totalBytes]),
  })
  t.equal(shown.at(-1)?.[0], shown.at(-1)?.[1])
  const reason = new Error('enough')
  await t.rejects(verifyBundle({ file, signal: AbortSignal.abort(reason) }), reason)
})

void t.test('a file that cannot be read is no answer', async (t) => {
  await t.rejects(verifyBundle({ file: '/nowhere' }), { code: 'ENOENT' })
  await t.rejects(verifyBundle({ file: t.testdir() }), { code: 'EISDIR' })
})
