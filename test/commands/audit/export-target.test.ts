import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { openExportFile, standardOutput } from '../../../src/commands/audit/export-target.ts'
import { recordTerminal } from '../../support/recorded-terminal.ts'

t.test('a file has its name once everything is in it, for its owner alone', async (t) => {
  const file = join(t.testdir(), 'out.jsonl')
  const target = await openExportFile(file)
  await target.write('one\n')
  t.notOk(existsSync(file))
  await target.write('two\n')
  await target.end()
  t.equal(readFileSync(file, 'utf8'), 'one\ntwo\n')
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.notOk(existsSync(`${file}.part`))
})

t.test('an export that ends early leaves what was there before', async (t) => {
  const directory = t.testdir({ 'out.jsonl': 'before' })
  const file = join(directory, 'out.jsonl')
  const target = await openExportFile(file)
  await target.write('one\n')
  await target.discard()
  t.equal(readFileSync(file, 'utf8'), 'before')
  t.notOk(existsSync(`${file}.part`))
})

t.test('a file that cannot be written is said to be so', async (t) => {
  const message = /--out .* cannot be written \(\w+\); name another file/
  const wrong = { name: 'UsageError', message }
  await t.rejects(openExportFile(join(t.testdir(), 'none', 'out')), wrong)
  const directory = join(t.testdir({ taken: { file: '' } }), 'taken')
  const target = await openExportFile(directory)
  await t.rejects(target.end(), wrong)
  await target.discard()
  t.notOk(existsSync(`${directory}.part`))
})

t.test('what cannot be written is said to be so', async (t) => {
  const target = await openExportFile(join(t.testdir(), 'out'))
  await target.end()
  await t.rejects(target.write('one\n'), { message: /cannot be written \(EBADF\)/ })
})

t.test('what a killed export left is not written into', async (t) => {
  const directory = t.testdir({ 'out.part': 'left' })
  chmodSync(join(directory, 'out.part'), 0o644)
  const target = await openExportFile(join(directory, 'out'))
  await target.write('one\n')
  await target.end()
  t.equal(readFileSync(join(directory, 'out'), 'utf8'), 'one\n')
  t.equal(statSync(join(directory, 'out')).mode & 0o777, 0o600)
})

t.test('standard output is given whole lines, and waited for', async (t) => {
  const { terminal, out } = recordTerminal()
  let waits = 0
  const output = {
    drained: async () => void (waits += 1),
    signal: new AbortController().signal,
    close: async () => undefined,
  }
  const target = standardOutput(terminal, output)
  await target.write('one\r\ntwo\r\n')
  await target.end()
  await target.discard()
  t.strictSame([out, waits], [['one\r\ntwo\r'], 2])
})
