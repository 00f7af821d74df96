import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { notesIn } from '../../src/audit/verify/published.ts'
import { writeBundle } from '../../src/audit/bundle/write-bundle.ts'
import { openJournal } from '../../src/record/journal.ts'
import { entriesIn, keptLog, sampleEntry } from '../support/audit-files.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { lastWords, root, runOutsideTap } from '../support/outside-tap.ts'

// Where there is no verifier yet, it is built from its source.
t.setTimeout(300_000)

/** The verifier of Go's checksum database, which has never seen a line of ours; or why it cannot be had. */
const { binary, missing } = await runOutsideTap(root, 'scripts/install-go-note.sh').then(
  ({ stdout }) => ({ binary: stdout.trim(), missing: false as const }),
  (error: Error) => ({ binary: '', missing: lastWords(error) }),
)

/** What it says of a note: the text that holds, or why none does. */
function goVerifies(vkey: string, note: string): Promise<{ ok: boolean; text: string }> {
  return new Promise((resolve) => {
    const child = execFile(binary, [vkey], (error, stdout, stderr) => {
      resolve(error ? { ok: false, text: stderr.trim() } : { ok: true, text: stdout })
    })
    child.stdin?.end(note)
  })
}

const directory = t.testdir()
const published: string[] = []
const journal = await openJournal({
  ...auditSettings(directory),
  replica: 'sallyport-0',
  version: '0.1.0',
  log: keptLog().log,
  now: Date.now,
  publish: (note) => void published.push(note),
})
await journal.append({ ...sampleEntry(1), outcome: 'refused' })
await journal.close()
const entries = entriesIn(directory)
const vkey = readFileSync(join(directory, 'signing-key.pub'), 'utf8').trim()

void t.test('checkpoints as they are published hold', { skip: missing }, async (t) => {
  t.equal(published.length, 1)
  const { ok, text } = await goVerifies(vkey, published[0] ?? '')
  t.ok(ok, text)
  t.match(text, /^sallyport\/sallyport-0\n4\n[A-Za-z0-9+/]{43}=\n$/)
})

void t.test('notes of entries hold: checkpoints, and keys', { skip: missing }, async (t) => {
  const notes = entries.filter(({ note }) => note !== undefined)
  t.strictSame(
    notes.map(({ kind }) => kind),
    ['signing_key', 'checkpoint'],
  )
  for (const { note } of notes) t.equal((await goVerifies(vkey, String(note))).ok, true)
})

void t.test('checkpoints of a bundle hold', { skip: missing }, async (t) => {
  const out = join(directory, 'bundle.tar.gz')
  const period = { from: Date.parse('2026-01-01'), to: Date.parse('2100-01-01') }
  await writeBundle({ directory, period, out, policyFiles: [], version: '0.1.0' })
  const { stdout } = await runOutsideTap(root, 'tar', '-xzOf', out, 'checkpoints.txt')
  const notes = notesIn(stdout)
  t.equal(notes.length, 1)
  for (const { text } of notes) t.equal((await goVerifies(vkey, text)).ok, true)
})

void t.test('altered notes do not hold', { skip: missing }, async (t) => {
  const [note = ''] = published
  const altered = {
    'another size': note.replace('\n4\n', '\n5\n'),
    'another origin': note.replace('sallyport-0\n', 'sallyport-1\n'),
    'another digest': note.replace(
      /\n([A-Za-z0-9+/])([^\n]*=)\n\n/,
      (_, first: string, rest: string) => {
        return `\n${first === 'A' ? 'B' : 'A'}${rest}\n\n`
      },
    ),
    'another signature': note.replace(/(— \S+ .{20})(.)/, (_, before: string, one: string) => {
      return `${before}${one === 'A' ? 'B' : 'A'}`
    }),
    'no signature': note.replace(/— .*\n$/, ''),
    'more text': `more\n${note}`,
  }
  for (const [what, changed] of Object.entries(altered)) {
    t.not(changed, note, what)
    t.equal((await goVerifies(vkey, changed)).ok, false, what)
  }
})

void t.test('nor do notes under another key', { skip: missing }, async (t) => {
  const other = t.testdir()
  const another = await openJournal({
    ...auditSettings(other),
    replica: 'sallyport-0',
    version: '0.1.0',
    log: keptLog().log,
    now: Date.now,
  })
  await another.close()
  const key = readFileSync(join(other, 'signing-key.pub'), 'utf8').trim()
  const { ok, text } = await goVerifies(key, published[0] ?? '')
  t.equal(ok, false)
  t.match(text, 'no verifiable signatures')
})
