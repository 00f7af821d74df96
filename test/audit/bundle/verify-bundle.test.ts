import { execFileSync } from 'node:child_process'
import { hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import type { Manifest } from '../../../src/audit/bundle/manifest.ts'
import { readMe } from '../../../src/audit/bundle/read-me.ts'
import { verifyBundle, type BundleVerifyOptions } from '../../../src/audit/bundle/verify-bundle.ts'
import { writeBundle } from '../../../src/audit/bundle/write-bundle.ts'
import { chainOf, newSigner, segmentName, writeSegments } from '../../support/tampering.ts'

const verify = (options: Omit<BundleVerifyOptions, 'version'>) =>
  verifyBundle({ version: '1.2.3', ...options })

const [first, second] = [newSigner(), newSigner()]
const keys = [first.verifier]
const minuteMs = 60_000
const startMs = Date.parse('2026-11-23T09:00:00.000Z')

async function prepare(t: Test, from = 17, to = 21) {
  const directory = t.testdir()
  const chain = chainOf(first, minuteMs)
  chain.entry('start')
  chain.signingKey()
  for (let call = 0; call < 12; call += 1) {
    chain.decision(`d-${call}`, 'allowed', { policy_hash: 'sha256:one' })
    chain.completion(`d-${call}`)
    if (call === 5) chain.signingKey(second, [first])
    if (call % 3 === 2) chain.checkpoint()
  }
  const file = join(directory, 'bundle.tar.gz')
  await writeBundle({
    directory: writeSegments(join(directory, 'audit'), chain.lines, 8),
    period: { from: startMs + from * minuteMs, to: startMs + to * minuteMs },
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

/** Makes the manifest and the explanation of an unpacked bundle fit its files, as anybody can. */
function forge(unpacked: string, change: (manifest: Manifest) => Partial<Manifest>): string[] {
  const path = join(unpacked, 'manifest.json')
  const told = JSON.parse(readFileSync(path, 'utf8')) as Manifest
  const manifest = { ...told, ...change(told) }
  writeFileSync(join(unpacked, 'README.txt'), readMe(manifest))
  const names = readdirSync(unpacked, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name !== 'manifest.json')
    .map((each) => relative(unpacked, join(each.parentPath, each.name)))
  const files = names.map((name) => {
    const bytes = readFileSync(join(unpacked, name))
    return { name, bytes: bytes.length, sha256: hash('sha256', bytes) }
  })
  writeFileSync(path, JSON.stringify({ ...manifest, files }))
  const isEntries = (name: string) => Number(name.startsWith('entries/'))
  return ['manifest.json', ...names.toSorted((one, other) => isEntries(one) - isEntries(other))]
}

const edit = (path: string, from: string, to: string) =>
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))

void t.test('a bundle is verified with the first key, which handed over before it', async (t) => {
  const { file, chain } = await prepare(t)
  const report = await verify({ file, keys })
  t.match(report, { ok: true, problems: [], entries: 8, firstSeq: 17, lastSeq: 24, checkpoints: 2 })
  t.strictSame(report.period, {
    from: '2026-11-23T09:17:00.000Z',
    to: '2026-11-23T09:21:00.000Z',
    allowed: 2,
    refused: 0,
  })
  t.match(report.keys, [{ trust: 'given' }, { trust: 'vouched' }])
  t.match(await verify({ file }), { ok: true, trusted: 'first_use' })
  t.match(await verify({ file, keys: [second.verifier] }), { ok: true })
  const checkpoints = [{ name: 'w', text: chain.notes.slice(0, 3).join('') }]
  t.match(await verify({ file, keys, checkpoints }), { ok: true, published: 1 })
  const later = [{ name: 'w', text: chain.notes.join('') }]
  t.match(
    await verify({ file, keys, checkpoints: later }),
    { ok: true, published: 1 },
    'what was published after the period is about entries that are not in it',
  )
})

void t.test('a bundle of the whole journal is verified', async (t) => {
  const { file } = await prepare(t, 0, 25)
  t.match(await verify({ file, keys }), { ok: true, firstSeq: 1, lastSeq: 31 })
})

void t.test('a stranger’s key proves nothing', async (t) => {
  const { file } = await prepare(t)
  const { problems } = await verify({ file, keys: [newSigner().verifier] })
  t.match(
    problems.map(({ code }) => code),
    ['bad_bundle', 'period_not_covered', 'period_not_covered', 'unknown_key', 'no_checkpoint'],
  )
})

void t.test(
  'entries that were changed are found, also where the manifest was changed too',
  async (t) => {
    const { tamper } = await prepare(t)
    const name = `entries/${segmentName(17)}`
    const changed = tamper((unpacked) => edit(join(unpacked, name), 'completed', 'failed'))
    const { problems } = await verify({ file: changed.file, keys })
    t.match(problems, [
      { segment: 'tampered.tar.gz', code: 'bad_bundle', message: /its SHA-256 is/ },
      { segment: segmentName(17), line: 3, code: 'changed' },
    ])
  },
)

void t.test('files that are missing, added or changed are found', async (t) => {
  const { tamper } = await prepare(t)
  const readme = tamper((unpacked) => edit(join(unpacked, 'README.txt'), 'Audit', 'Other'))
  t.match((await verify({ file: readme.file, keys })).problems, [{ message: /README.txt is not/ }])
  const added = tamper(
    (unpacked) => writeFileSync(join(unpacked, 'more'), ''),
    [...readme.listing, 'more'],
  )
  t.match((await verify({ file: added.file, keys })).problems, [{ message: /not in the manifest/ }])
  const fewer = tamper(
    () => undefined,
    readme.listing.filter((name) => name !== 'README.txt'),
  )
  t.match((await verify({ file: fewer.file, keys })).problems, [
    { message: /README.txt is missing/ },
  ])
  const without = tamper(() => undefined, readme.listing.slice(1))
  t.match((await verify({ file: without.file, keys })).problems[0], {
    message: /manifest.json is missing/,
  })
})

void t.test('a bundle without its entries shows nothing of its period', async (t) => {
  const { tamper } = await prepare(t)
  const { listing } = tamper(() => undefined)
  const { file } = tamper(
    () => undefined,
    listing.filter((name) => !name.startsWith('entries/')),
  )
  t.match(await verify({ file, keys }), { ok: false, period: { allowed: 0, refused: 0 } })
})

void t.test('handovers and keys that are rubbish vouch for nobody', async (t) => {
  const { tamper } = await prepare(t)
  const { file } = tamper((unpacked) => {
    writeFileSync(join(unpacked, 'handovers.txt'), 'rubbish\n')
    writeFileSync(join(unpacked, 'keys.txt'), 'rubbish\n')
  })
  const { problems } = await verify({ file })
  t.ok(problems.some(({ code }) => code === 'unknown_key'))
})

void t.test('a bundle that does not reach the end of its period says so', async (t) => {
  const { file } = await prepare(t, 17, 60)
  const { problems } = await verify({ file, keys })
  t.match(problems, [{ code: 'period_not_covered', message: /entries may be missing at its end/ }])
})

void t.test(
  'a bundle from which somebody cut the beginning does not verify, whatever its manifest says',
  async (t) => {
    const { directory } = await prepare(t)
    const chain = chainOf(first, minuteMs)
    chain.entry('start')
    chain.signingKey()
    chain.checkpoint()
    chain.decision('d-hidden', 'refused')
    // Its first header came before the refusal, and its message after.
    chain.decision('d-slow', 'allowed', { time: '2026-11-23T09:02:59.000Z' })
    chain.completion('d-slow')
    chain.checkpoint()
    chain.entry('stop')
    chain.checkpoint()
    const period = { from: startMs + 3 * minuteMs, to: startMs + 5 * minuteMs }
    const make = async (name: string, lines: readonly string[], firstSeq: number) => {
      const audit = join(directory, name)
      mkdirSync(audit)
      writeFileSync(join(audit, segmentName(firstSeq)), lines.map((line) => `${line}\n`).join(''))
      const out = join(directory, `${name}.tar.gz`)
      await writeBundle({ directory: audit, period, out, policyFiles: [], keys, version: '1.2.3' })
      return out
    }
    const whole = await make('whole', chain.lines, 1)
    t.match(await verify({ file: whole, keys }), { ok: true, firstSeq: 3 })
    const cut = await make('cut', chain.lines.slice(4), 5)
    const unpacked = join(directory, 'cut-unpacked')
    mkdirSync(unpacked)
    execFileSync('tar', ['-C', unpacked, '-xzf', cut])
    const names = forge(unpacked, ({ journal }) => ({
      journal: { ...journal, ok: true, problem_count: 0, problems: [] },
    }))
    execFileSync('tar', ['--format=ustar', '-C', unpacked, '-czf', cut, ...names])
    const { problems } = await verify({ file: cut, keys })
    t.match(problems, [{ code: 'period_not_covered', message: /missing at its beginning/ }])
    t.equal(problems.length, 1)
  },
)

void t.test('a bundle that ends while entries of its period can still come says so', async (t) => {
  const { directory } = await prepare(t)
  const chain = chainOf(first)
  chain.entry('start')
  chain.signingKey()
  chain.call('d-1')
  chain.checkpoint()
  const out = join(directory, 'early.tar.gz')
  const period = { from: startMs, to: startMs + 4000 }
  const audit = writeSegments(join(directory, 'early'), chain.lines)
  await writeBundle({ directory: audit, period, out, policyFiles: [], version: '1.2.3' })
  const { problems } = await verify({ file: out, keys })
  t.match(problems, [{ code: 'period_not_covered', message: /missing at its end/ }])
})

void t.test(
  'policies, names and texts that somebody put in the place of others are found, whatever the manifest says',
  async (t) => {
    const { tamper } = await prepare(t)
    const madeUp = 'version: 1\n'
    const digest = hash('sha256', madeUp)
    const swaps: Record<string, readonly [(unpacked: string) => readonly string[], RegExp]> = {
      'a policy': [
        (unpacked) => {
          mkdirSync(join(unpacked, 'policies'))
          writeFileSync(join(unpacked, 'policies', `${digest}.yaml`), madeUp)
          const file = `policies/${digest}.yaml`
          return forge(unpacked, () => ({ policies: [{ hash: `sha256:${digest}`, file }] }))
        },
        /is no policy of its entries/,
      ],
      'no policy': [
        (unpacked) => forge(unpacked, () => ({ policies: [] })),
        /the policy sha256:one of its entries is not in the manifest/,
      ],
      'a name': [
        (unpacked) => {
          writeFileSync(join(unpacked, 'run-me.sh'), 'echo')
          return forge(unpacked, () => ({}))
        },
        /run-me.sh is no file of a bundle/,
      ],
      'the checkpoints': [
        (unpacked) => {
          writeFileSync(join(unpacked, 'checkpoints.txt'), 'nothing\n')
          return forge(unpacked, () => ({}))
        },
        /checkpoints.txt does not have the checkpoints/,
      ],
      'the keys': [
        (unpacked) => {
          writeFileSync(join(unpacked, 'keys.txt'), `${newSigner().verifier.vkey}\n`)
          return forge(unpacked, () => ({}))
        },
        /keys.txt does not have the keys of the manifest/,
      ],
      'the explanation': [
        (unpacked) => {
          const names = forge(unpacked, () => ({}))
          const path = join(unpacked, 'manifest.json')
          const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
          const text = 'Nothing was refused.\n'
          writeFileSync(join(unpacked, 'README.txt'), text)
          const files = manifest.files.map((each) =>
            each.name === 'README.txt'
              ? { ...each, bytes: text.length, sha256: hash('sha256', text) }
              : each,
          )
          writeFileSync(path, JSON.stringify({ ...manifest, files }))
          return names
        },
        /README.txt does not say what the manifest says/,
      ],
    }
    for (const [name, [swap, message]] of Object.entries(swaps)) {
      let names: readonly string[] = []
      // Forged first, packed then: what is packed is known only when it was made.
      tamper((unpacked) => void (names = swap(unpacked)))
      const { file } = tamper((unpacked) => void swap(unpacked), names)
      const { problems } = await verify({ file, keys })
      t.match(problems, [{ code: 'bad_bundle', message }], name)
      t.ok(
        problems.every(({ code }) => code === 'bad_bundle'),
        name,
      )
    }
  },
)

void t.test('half a line at an end is a fault here', async (t) => {
  const { tamper } = await prepare(t)
  const name = `entries/${segmentName(17)}`
  const { file } = tamper((unpacked) => writeFileSync(join(unpacked, name), '{"id"', { flag: 'a' }))
  const { problems } = await verify({ file, keys })
  t.ok(problems.some(({ code }) => code === 'incomplete_line'))
})

void t.test('what is no bundle, or is cut short, is said to be none', async (t) => {
  const { file, directory } = await prepare(t)
  const other = join(directory, 'other')
  const first = async () => (await verify({ file: other, keys })).problems[0]
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
  await verify({
    file,
    onProgress: ({ bytes, totalBytes }) => void shown.push([bytes, totalBytes]),
  })
  t.equal(shown.at(-1)?.[0], shown.at(-1)?.[1])
  const reason = new Error('enough')
  await t.rejects(verify({ file, signal: AbortSignal.abort(reason) }), reason)
})

void t.test('a file that cannot be read is no answer', async (t) => {
  await t.rejects(verify({ file: '/nowhere' }), { code: 'ENOENT' })
  await t.rejects(verify({ file: t.testdir() }), { code: 'EISDIR' })
})
