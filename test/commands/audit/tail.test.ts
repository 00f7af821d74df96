import { appendFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { auditTail } from '../../../src/commands/audit/tail.ts'
import { until } from '../../support/audit-files.ts'
import { writeChain } from '../../support/chained-entries.ts'
import { writeSegment } from '../../support/chained-lines.ts'
import { recordTerminal } from '../../support/recorded-terminal.ts'
import { sampleEntries as samples } from '../../support/sample-entries.ts'

async function tailed(...args: string[]) {
  const { terminal, out, err } = recordTerminal()
  const code = await auditTail(args, terminal)
  return { code, out, err: err.join('\n') }
}

t.test('the last entries are shown, without what there is every few seconds', async (t) => {
  const directory = t.testdir()
  writeChain(directory, Object.values(samples))
  const { code, out, err } = await tailed(directory, '-n', '3')
  t.strictSame([code, err], [0, ''])
  t.strictSame(out.length, 4, 'three entries and the date')
  t.match(out.at(-1), /· stop$/)
  const { out: all } = await tailed(directory, '-n', '100')
  t.equal(all.length, Object.keys(samples).length - 2 + 1)
  t.match((await tailed(directory, '--kind', 'checkpoint')).out[1], /checkpoint over entries/)
  t.match((await tailed(directory, '--refused', '-n', '1')).out[1], /✗ policy not taken/)
  t.strictSame((await tailed(directory, '-n', '0')).out, [])
})

t.test('with --json lines are as the journal has them, and all kinds are there', async (t) => {
  const directory = t.testdir()
  const written = writeChain(directory, Object.values(samples))
  const { out } = await tailed(directory, '--json', '-n', '1000')
  t.strictSame(
    out,
    written.map(({ line }) => line),
  )
})

t.test('colour is for terminals', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [samples.refused])
  const { terminal, out } = recordTerminal()
  await auditTail([directory], { ...terminal, isTTY: true })
  t.match(out.join('\n'), '\u001b[31m✗')
  t.notMatch((await tailed(directory)).out.join('\n'), '\u001b')
})

t.test(
  'a journal is followed, across its segments, until a signal',
  { timeout: 20_000 },
  async (t) => {
    const directory = t.testdir()
    const entries = [samples.start, samples.allowed, samples.completed, samples.stop]
    const lines = writeChain(directory, entries).map(({ line }) => line)
    writeSegment(directory, 1, lines.slice(0, 2))
    const { terminal, out, signal } = recordTerminal()
    const running = auditTail([directory, '-f', '--namespace', 'payments', '--json'], terminal)
    await until(() => out.length === 1)
    appendFileSync(join(directory, '000000000001.jsonl'), `${lines[2]}\n`)
    await until(() => out.length === 2)
    writeSegment(directory, 4, lines.slice(3))
    signal('SIGINT')
    t.equal(await running, 0)
    t.strictSame(out, lines.slice(1, 3), 'the end of a call that was shown is of it')
  },
)

t.test('a journal that was written anew ends the following', { timeout: 20_000 }, async (t) => {
  const directory = t.testdir({ other: {} })
  writeChain(directory, [samples.start, samples.allowed])
  const { terminal, out, err } = recordTerminal()
  const running = auditTail([directory, '--follow', '--json'], terminal)
  await until(() => out.length === 2)
  const other = join(directory, 'other')
  const forged = { ...samples.allowed, namespace: 'elsewhere' }
  writeChain(other, [samples.start, forged, samples.completed])
  const name = '000000000001.jsonl'
  writeFileSync(join(directory, name), '')
  renameSync(join(other, name), join(directory, name))
  t.equal(await running, 1)
  t.match(err.join('\n'), /sallyport audit tail: .*; run sallyport audit verify/)
})

t.test('whoever has seen enough before anything is found sees nothing', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [samples.start])
  const { terminal, out } = recordTerminal()
  const onSignal: typeof terminal.onSignal = (handler) => handler('SIGINT')
  t.equal(await auditTail([directory, '-f'], { ...terminal, onSignal }), 0)
  t.strictSame(out, [])
})

t.test('the directory is that of the service file unless it is named', async (t) => {
  t.match(await tailed('--config', '/nowhere.yaml'), { code: 2, err: /--config \/nowhere.yaml/ })
})

t.test('what cannot be meant is said, with 2', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [samples.start])
  const rows: [string[], RegExp][] = [
    [['-n', 'x'], /-n x is no number of entries; write 0 to 100000/],
    [['-n', '1000000'], /-n 1000000 is no number/],
    [['-n', ''], /is no number/],
    [['--kind', 'x'], /--kind x is none that is known/],
  ]
  for (const [args, message] of rows)
    t.match(await tailed(directory, ...args), { code: 2, err: message })
  await t.rejects(tailed('--what'), { code: /ERR_PARSE_ARGS/ })
})

t.test('a terminal that is gone is no wrong usage', async (t) => {
  const directory = t.testdir()
  writeChain(directory, [samples.start])
  const { terminal } = recordTerminal()
  const out = () => {
    throw new Error('gone')
  }
  await t.rejects(auditTail([directory], { ...terminal, out }), /gone/)
})
