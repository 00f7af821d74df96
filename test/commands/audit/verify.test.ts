import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { writeBundle } from '../../../src/audit/bundle/write-bundle.ts'
import { auditVerify } from '../../../src/commands/audit/verify.ts'
import { recordTerminal } from '../../support/recorded-terminal.ts'
import { newSigner, sampleChain, segmentName, writeSegments } from '../../support/tampering.ts'

const signer = newSigner()
const key = signer.verifier.vkey

function prepare(t: Test) {
  const directory = t.testdir()
  const chain = sampleChain(signer)
  const audit = writeSegments(join(directory, 'audit'), chain.lines, 5)
  const witness = join(directory, 'witness.txt')
  writeFileSync(witness, chain.notes.join(''))
  return { directory, audit, witness, chain }
}

async function verify(args: readonly string[], isTTY = false) {
  const { terminal, out, err } = recordTerminal()
  const drawn: string[] = []
  const stream = { isTTY, write: (text: string) => drawn.push(text) }
  const code = await auditVerify(args, { ...terminal, isTTY }, stream)
  return { code, out: out.join('\n'), err: err.join('\n'), drawn }
}

void t.test('a journal that is as it should be exits with 0', async (t) => {
  const { audit, witness } = prepare(t)
  const { code, out, err } = await verify([audit, '--key', key, '--checkpoint', witness])
  t.strictSame([code, err], [0, ''])
  t.match(out, /^20 entries in 4 segments: 1 to 20\n/)
  t.match(out, '4 checkpoints signed, through entry 19; 4 from elsewhere fit')
  t.match(out, /verified: nothing is wrong$/)
  t.notMatch(out, '\u001b')
})

void t.test('one that is not exits with 1, and names the line', async (t) => {
  const { audit } = prepare(t)
  const path = join(audit, segmentName(6))
  writeFileSync(path, readFileSync(path, 'utf8').replace('StartWork', 'StopWork'))
  const { code, out } = await verify([audit])
  t.equal(code, 1)
  t.match(out, /^✗ 000000000006\.jsonl:\d \(entry \d+\) was changed: .* \[changed\]\n/)
  t.match(out, /verified: 1 problem$/)
  const json = await verify(['--json', audit])
  t.equal(json.code, 1)
  t.match(JSON.parse(json.out), {
    ok: false,
    problems: [{ segment: segmentName(6), code: 'changed' }],
  })
})

void t.test('a part is verified from an entry on', async (t) => {
  const { audit } = prepare(t)
  t.match(await verify([audit, '--key', key, '--from', '12']), { code: 0, out: /10 entries in 2/ })
})

void t.test('keys may be in a file', async (t) => {
  const { audit, directory } = prepare(t)
  const file = join(directory, 'keys.txt')
  writeFileSync(file, `${key}\n`)
  t.match(await verify([audit, '--key', file]), { code: 0, out: /\(given\)/ })
})

void t.test('a bundle is verified alone', async (t) => {
  const { audit, directory } = prepare(t)
  const out = join(directory, 'bundle.tar.gz')
  const from = Date.parse('2026-11-23T09:00:07.000Z')
  const period = { from, to: from + 3000 }
  await writeBundle({ directory: audit, period, out, policyFiles: [], version: '1' })
  t.match(await verify(['--bundle', out, '--key', key]), {
    code: 0,
    out: /entries in \d segments?: 7 to/,
  })
  writeFileSync(out, 'rubbish')
  t.match(await verify(['--bundle', out]), { code: 1, out: /bad_bundle/ })
})

void t.test('who looks on sees a bar and colour, and others do not', async (t) => {
  const { audit } = prepare(t)
  const seen = await verify([audit], true)
  t.match(seen.drawn[0], /MB\/s/)
  t.equal(seen.drawn.at(-1), '\r\u001b[K')
  t.match(seen.out, '\u001b[32mnothing is wrong')
  t.strictSame((await verify([audit, '--json'], true)).drawn, [])
  t.strictSame((await verify([audit])).drawn, [])
})

void t.test('standard error is where the bar is drawn unless told otherwise', async (t) => {
  const { audit } = prepare(t)
  const { terminal, out } = recordTerminal()
  t.equal(await auditVerify([audit, '--json'], terminal), 0)
  t.match(JSON.parse(out.join('')), { ok: true })
})

void t.test('what keeps the question from being answered is said, with 2', async (t) => {
  const { audit, witness, directory } = prepare(t)
  const empty = join(directory, 'empty.txt')
  writeFileSync(empty, '\n')
  const wrong: [string[], RegExp][] = [
    [['/nowhere'], /\/nowhere/],
    [[audit, audit], /one directory/],
    [[audit, '--key', 'k'], /--key k is no key, nor a file/],
    [[audit, '--checkpoint', '/nowhere'], /--checkpoint \/nowhere cannot be read \(ENOENT\)/],
    [[audit, '--checkpoint', empty], /--checkpoint .*empty.txt is empty; give the file/],
    [[audit, '--from', '0'], /--from 0 is no number of an entry; write one such as 4812/],
    [['--bundle', witness, audit], /--bundle is verified alone/],
    [['--bundle', witness, '--from', '3'], /--bundle is verified alone/],
    [['--bundle', '/nowhere'], /\/nowhere cannot be read or written \(ENOENT\)/],
  ]
  for (const [args, message] of wrong) {
    t.match(await verify(args), { code: 2, out: '', err: message }, args.join(' '))
  }
  t.match((await verify(['/nowhere'])).err, /^sallyport audit verify: /)
})
