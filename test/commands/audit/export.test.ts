import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { csvHeader } from '../../../src/audit/format/csv.ts'
import { auditExport } from '../../../src/commands/audit/export.ts'
import { writeSegment } from '../../support/chained-lines.ts'
import { writeChain } from '../../support/chained-entries.ts'
import { ocsfProblems } from '../../support/ocsf-schema.ts'
import { recordTerminal } from '../../support/recorded-terminal.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

async function exported(...args: string[]) {
  const { terminal, out, err } = recordTerminal()
  const code = await auditExport(args, terminal)
  const text = out.map((chunk) => `${chunk}\n`).join('')
  return { code, text, lines: text.split('\n').slice(0, -1), err: err.join('\n') }
}

t.test('native is what the journal has, byte for byte', async (t) => {
  const directory = t.testdir()
  const written = writeChain(directory, Object.values(samples), { perSegment: 7 })
  const { code, text, err } = await exported(directory)
  t.equal(code, 0)
  t.equal(text, written.map(({ line }) => `${line}\n`).join(''))
  t.equal(err, `${written.length} entries`)
})

t.test('the other formats are a line for each entry', async (t) => {
  const directory = t.testdir()
  const { length } = writeChain(directory, Object.values(samples))
  const ocsf = await exported(directory, '--format', 'ocsf')
  t.equal(ocsf.lines.length, length)
  for (const line of ocsf.lines) t.strictSame(ocsfProblems(JSON.parse(line)), [])
  const events = await exported(directory, '--format', 'cloudevents')
  t.match(
    events.lines.map((line) => JSON.parse(line) as object),
    Object.values(samples).map(({ kind }) => ({ specversion: '1.0', data: { kind } })),
  )
  const csv = await exported(directory, '--format', 'csv')
  t.equal(csv.lines.length, length + 1)
  t.equal(csv.lines[0], `${csvHeader}\r`)
  t.ok(csv.text.endsWith('\r\n'))
  t.match(csv.err, /cells that a spreadsheet would take for a formula begin with a ' of ours/)
})

t.test('filters hold, and a file is written whole', async (t) => {
  const directory = t.testdir({ journal: {} })
  const journal = join(directory, 'journal')
  writeChain(journal, Object.values(samples))
  const file = join(directory, 'out.jsonl')
  const { code, text, err } = await exported(journal, '--namespace', 'payments', '--out', file)
  t.strictSame([code, text, err], [0, '', `3 entries in ${file}`])
  const kinds = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).kind)
  t.strictSame(kinds, ['decision', 'completion', 'completion'])
  t.match(await exported(journal, '--since', '2027-01-01'), { code: 0, text: '', err: '0 entries' })
})

t.test('a journal with faults is exported as far as it can be read, and 1 says so', async (t) => {
  const directory = t.testdir()
  const [start, allowed] = writeChain(directory, [samples.start, samples.allowed])
  writeSegment(directory, 1, [start?.line ?? '', 'nonsense', allowed?.line ?? ''])
  const { code, lines, err } = await exported(directory)
  t.equal(code, 1)
  t.equal(lines.length, 2)
  t.match(err, /a line is no entry\n2 entries\n.*1 fault in the journal; sallyport audit verify/)
})

t.test(
  'what keeps it from being exported is said, with 2, and leaves nothing behind',
  async (t) => {
    const directory = t.testdir()
    writeChain(directory, [samples.start])
    const file = join(directory, 'out')
    const rows: [string[], RegExp][] = [
      [[directory, '--format', 'ocfs'], /--format ocfs is none that is known; did you mean ocsf\?/],
      [[directory, '--format', 'xml'], /write one of native, ocsf, cloudevents, csv/],
      [[directory, '--since', 'soon'], /--since soon is no time/],
      [['/nowhere'], /\/nowhere cannot be read/],
      [[directory, '--out', '/nowhere/out'], /--out \/nowhere\/out cannot be written \(ENOENT\)/],
    ]
    for (const [args, message] of rows) {
      t.match(await exported(...args), { code: 2, text: '', err: message }, args.join(' '))
    }
    mkdirSync(join(directory, '000000000002.jsonl'))
    t.match(await exported(directory, '--out', file), {
      code: 2,
      err: /the journal cannot be read \(EISDIR\)/,
    })
    t.notOk(existsSync(file))
    t.notOk(existsSync(`${file}.part`))
  },
)

t.test('a terminal that is gone is no wrong usage', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [samples.start])
  const { terminal } = recordTerminal()
  const out = () => {
    throw new Error('gone')
  }
  await t.rejects(auditExport([directory], { ...terminal, out }), /gone/)
})
