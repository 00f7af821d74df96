import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { verifyBundle } from '../../../src/audit/bundle/verify-bundle.ts'
import { auditBundle } from '../../../src/commands/audit/bundle.ts'
import { recordTerminal } from '../../support/recorded-terminal.ts'
import { chainOf, newSigner, segmentName, writeSegments } from '../../support/tampering.ts'

const signer = newSigner()
const key = signer.verifier.vkey

function prepare(t: Test) {
  const directory = t.testdir({ 'policy.yaml': 'version: 1\n', 'mine.tar.gz': 'mine' })
  const chain = chainOf(signer, 60_000)
  chain.entry('start')
  chain.signingKey()
  for (let call = 1; call <= 6; call += 1) {
    chain.decision(`d-${call}`, 'allowed', { policy_hash: 'sha256:one' })
    chain.completion(`d-${call}`)
    chain.checkpoint()
  }
  const audit = writeSegments(join(directory, 'audit'), chain.lines, 5)
  const out = join(directory, 'bundle.tar.gz')
  const period = ['--from', '2026-11-23T09:05:00Z', '--to', '2026-11-23T09:08:00Z']
  const mine = join(directory, 'mine.tar.gz')
  return { audit, out, period, mine, policy: join(directory, 'policy.yaml') }
}

async function bundle(args: readonly string[], isTTY = false) {
  const { terminal, out, err } = recordTerminal()
  const drawn: string[] = []
  const stream = { isTTY, write: (text: string) => drawn.push(text) }
  const code = await auditBundle(args, { ...terminal, isTTY }, stream)
  return { code, out: out.join('\n'), err: err.join('\n'), drawn }
}

void t.test('a bundle is written, and how to verify it is said', async (t) => {
  const { audit, out, period, policy } = prepare(t)
  const answer = await bundle([audit, ...period, '--out', out, '--policy', policy, '--key', key])
  t.equal(answer.code, 0)
  t.equal(
    answer.out,
    [
      `${out}: entries 5 to 11; 1 calls allowed, 0 refused`,
      `verify it with: sallyport audit verify --bundle ${out} --key ${key}`,
    ].join('\n'),
  )
  t.match(answer.err, /the policy sha256:one was in force; give its file with --policy/)
  t.match(answer.err, /policy\.yaml is no policy that was in force in the period/)
  t.match(await verifyBundle({ file: out, version: '1.2.3', keys: [signer.verifier] }), {
    ok: true,
  })
})

void t.test('the same for programs', async (t) => {
  const { audit, out, period } = prepare(t)
  const answer = await bundle(['--json', audit, ...period, '--out', out], true)
  t.match([answer.code, answer.err, answer.drawn], [0, '', []])
  t.match(JSON.parse(answer.out), {
    ok: true,
    file: out,
    is_closed: true,
    entries: { first_seq: 5 },
    policies: [{ hash: 'sha256:one', file: null }],
    unused_policies: [],
    journal: { ok: true },
  })
})

void t.test('a period that goes on has no end that is proven', async (t) => {
  const { audit, out, period } = prepare(t)
  const answer = await bundle([audit, ...period.slice(0, 3), '2026-11-24', '--out', out])
  t.equal(answer.code, 1)
  t.match(
    answer.err,
    /no checkpoint came a minute after the period or later, so its end is not proven/,
  )
})

void t.test(
  'a period in which there is nothing is told, since it may be the wrong one',
  async (t) => {
    const { audit, out } = prepare(t)
    const answer = await bundle([audit, '--from', '2025-11-01', '--to', '2025-12-01', '--out', out])
    t.match(answer.err, /the period has no entries; the journal has some from 2026-11-23T09:00:00/)
  },
)

void t.test('a journal with problems is bundled, and it is said', async (t) => {
  const { audit, out, period } = prepare(t)
  const path = join(audit, segmentName(6))
  const edit = (from: string) =>
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, 'failed'))
  edit('StartWork')
  t.match(await bundle([audit, ...period, '--out', out]), {
    code: 1,
    err: /journal has 1 problem; see/,
  })
  writeFileSync(join(audit, segmentName(1)), '')
  t.match(await bundle([audit, ...period, '--out', `${out}2`]), {
    code: 1,
    err: /has \d problems; see/,
  })
})

void t.test('a journal without a key says KEY', async (t) => {
  const { out, period } = prepare(t)
  const chain = chainOf(signer)
  for (let entry = 0; entry < 12; entry += 1) chain.entry('start')
  const audit = writeSegments(t.testdir(), chain.lines)
  t.match((await bundle([audit, ...period, '--out', `${out}3`])).out, /--key KEY$/)
})

void t.test('who looks on sees a bar', async (t) => {
  const { audit, out, period } = prepare(t)
  const { drawn } = await bundle([audit, ...period, '--out', out], true)
  t.match(drawn[0], /MB\/s/)
  t.equal(drawn.at(-1), '\r\u001b[K')
})

void t.test('standard error is where the bar is drawn unless told otherwise', async (t) => {
  const { audit, out, period } = prepare(t)
  const { terminal } = recordTerminal()
  t.equal(await auditBundle(['--json', audit, ...period, '--out', out], terminal), 0)
})

void t.test('what keeps it from being written is said, with 2', async (t) => {
  const { audit, out, period, mine } = prepare(t)
  const wrong: [string[], RegExp][] = [
    [[audit, '--out', out], /say with --from when, such as 2026-11-01/],
    [[audit, '--from', '2026-11-01', '--out', out], /say with --to when/],
    [[audit, '--from', 'soon', '--to', '1h', '--out', out], /say with --from when/],
    [[audit, '--from', '1h', '--to', '2h', '--out', out], /--from is not before --to/],
    [[audit, ...period], /name the archive with --out FILE\.tar\.gz/],
    [['/nowhere', ...period, '--out', out], /\/nowhere/],
    [[audit, ...period, '--out', mine], /mine\.tar\.gz is there already; name another file/],
    [[audit, ...period, '--out', out, '--key', 'k'], /--key k is no key/],
    [
      [audit, ...period, '--out', out, '--policy', '/no'],
      /--policy \/no cannot be read \(ENOENT\); check the path/,
    ],
    [
      [audit, ...period, '--out', '/no/x.tar.gz'],
      /--out \/no\/x\.tar\.gz cannot be written \(ENOENT\); name a file in a directory/,
    ],
    [[audit, ...period, '--out', `${mine}/x`], /--out .* cannot be written \(ENOTDIR\)/],
  ]
  for (const [args, message] of wrong) {
    t.match(await bundle(args), { code: 2, out: '', err: message }, args.join(' '))
  }
  t.equal(readFileSync(mine, 'utf8'), 'mine')
})
