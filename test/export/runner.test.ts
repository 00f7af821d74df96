import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createBackoff } from '../../src/export/backoff.ts'
import { openCursor } from '../../src/export/cursor.ts'
import { readCursor } from '../../src/export/cursor-file.ts'
import { runExport, type RunnerOptions } from '../../src/export/runner.ts'
import type { ExportedEntry } from '../../src/export/sink.ts'
import { keptLog, until } from '../support/audit-files.ts'
import { chainedLines, idOf, writeSegment } from '../support/chained-lines.ts'

type Deliver = (batch: readonly ExportedEntry[], signal: AbortSignal) => Promise<void>

/** An export of a directory to a function, with what that was given and took. */
function running(t: Test, directory: string, options: Partial<RunnerOptions> = {}) {
  const { log, lines, messages } = keptLog()
  const given: number[] = []
  let take: Deliver = async () => undefined
  let closed = 0
  const started = runExport({
    name: 'siem',
    directory,
    sink: {
      deliver: async (batch, signal) => {
        await take(batch, signal)
        given.push(...batch.map(({ seq }) => seq))
      },
      close: async () => void (closed += 1),
    },
    cursor: openCursor({ directory, name: 'siem', log, saveIntervalMs: 5 }),
    durable: () => Infinity,
    backoff: createBackoff(() => 0.01),
    log,
    now: Date.now,
    ...options,
  })
  t.teardown(started.stop)
  const answerWith = (next: Deliver) => void (take = next)
  return { ...started, given, answerWith, lines, messages, closed: () => closed }
}

/** A directory that goes when the runner has stopped: those of tap go before what is to be torn down. */
function directoryOf(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-export-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

const withNewlines = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('')
const count = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

t.test('sends all there is and all that comes, and goes on where it was', async (t) => {
  const directory = directoryOf(t)
  const path = writeSegment(directory, 1, chainedLines(1, 5))
  const first = running(t, directory)
  await until(() => first.given.length === 5)
  appendFileSync(path, withNewlines(chainedLines(6, 7)))
  await until(() => first.given.length === 7)
  await first.stop()
  t.match(first.progress(), { name: 'siem', deliveredSeq: 7, delivered: 7, failures: 0 })
  t.match(readCursor(directory, 'siem'), { seq: 7, id: idOf(7) })
  t.equal(first.closed(), 1)
  writeSegment(directory, 8, chainedLines(8, 9))
  const next = running(t, directory)
  await next.stop()
  t.same(next.given, [8, 9], 'all that is there is sent before the end')
  t.same([...first.messages(), ...next.messages()], [])
})

t.test('what is not durable yet is not sent, not even at the end', async (t) => {
  const directory = directoryOf(t)
  writeSegment(directory, 1, chainedLines(1, 5))
  let durable = 2
  const { given, stop } = running(t, directory, { durable: () => durable })
  await until(() => given.length === 2)
  durable = 4
  await stop()
  t.same(given, [1, 2, 3, 4])
})

t.test('what is not taken is sent again until it is', async (t) => {
  const directory = directoryOf(t)
  writeSegment(directory, 1, chainedLines(1, 5))
  let attempts = 0
  const { given, progress, answerWith, lines } = running(t, directory)
  answerWith(async () => {
    attempts += 1
    if (attempts > 1) t.equal(progress().lastError, 'away')
    if (attempts > 1) t.equal(progress().waitingSince, Date.parse('2026-11-23T09:00:01.000Z'))
    if (attempts <= 6) throw new Error('away')
  })
  await until(() => given.length === 5)
  t.same(given, [1, 2, 3, 4, 5])
  t.match(progress(), { failures: 6, lastError: undefined, waitingSince: undefined })
  t.match(lines(), [
    { level: 'warn', export: 'siem', why: 'away' },
    { level: 'info', failures: 6 },
  ])
})

t.test('stopping ends within a bound, and what was not taken is sent next time', async (t) => {
  const directory = directoryOf(t)
  writeSegment(directory, 1, chainedLines(1, 5))
  const hanging = running(t, directory, { flushTimeoutMs: 10 })
  let attempts = 0
  hanging.answerWith(async () => {
    attempts += 1
    await new Promise(() => undefined)
  })
  await until(() => attempts > 0)
  await hanging.stop()
  t.match(hanging.progress(), { delivered: 0, lastError: 'it was not taken before the end' })
  const refusing = running(t, directory, { backoff: { nextMs: () => 1e9, reset: () => undefined } })
  refusing.answerWith(() => Promise.reject(new Error('away')))
  await until(() => refusing.progress().failures > 0)
  await refusing.stop()
  t.equal(refusing.progress().failures, 2, 'tried once more')
  const next = running(t, directory)
  await next.stop()
  t.same(next.given, [1, 2, 3, 4, 5])
})

t.test('a sink that cannot be closed does not keep it from ending', async (t) => {
  const directory = directoryOf(t)
  const deliver = () => Promise.resolve()
  const { stop } = running(t, directory, {
    sink: { deliver, close: () => Promise.reject(new Error('no')) },
  })
  await stop()
  t.pass()
})

t.test('lines that are none do not stop it, and are said', async (t) => {
  const directory = directoryOf(t)
  const [one = '', two = '', three = ''] = chainedLines(1, 3)
  // Begins as an entry does, so that only parsing shows it.
  writeSegment(directory, 1, [one, `${two}}`, three])
  writeSegment(directory, 4, chainedLines(5, 5))
  const { given, lines, stop, progress } = running(t, directory)
  await until(() => given.length === 3)
  t.same(given, [1, 3, 5])
  t.match(lines()[0], { level: 'error', export: 'siem', why: /./, count: 1 })
  await stop()
  t.equal(progress().deliveredSeq, 5)
})

t.test('lines of which none can be sent are passed', async (t) => {
  const directory = directoryOf(t)
  const [one = ''] = chainedLines(1, 1)
  writeSegment(directory, 1, [`${one}}`])
  const { given, stop, progress, lines } = running(t, directory)
  await until(() => progress().deliveredSeq === 1)
  await stop()
  t.same(given, [])
  t.match(lines(), [{ why: /entry 1 of .* is no JSON/ }])
})

t.test('a journal whose end was written anew is sent from its oldest entry', async (t) => {
  const directory = directoryOf(t)
  writeSegment(directory, 1, chainedLines(1, 5))
  const first = running(t, directory)
  await until(() => first.given.length === 5)
  await first.stop()
  writeSegment(directory, 1, chainedLines(1, 7, { run: 'B' }))
  const next = running(t, directory)
  await until(() => next.given.length === 7)
  t.same(next.given, count(1, 7))
  await next.stop()
  t.match(next.lines(), [{ level: 'error', why: /entry 5 of .* is not the one that was read/ }])
  t.match(readCursor(directory, 'siem'), { seq: 7, id: idOf(7, 'B') })
})

t.test('a journal that cannot be read is read once it can be', async (t) => {
  const directory = directoryOf(t)
  const audit = `${directory}/audit`
  mkdirSync(`${audit}.away`)
  const { given, lines, progress } = running(t, audit)
  await until(() => progress().lastError !== undefined)
  t.match(progress(), { lastError: /ENOENT/, failures: 0 })
  renameSync(`${audit}.away`, audit)
  writeSegment(audit, 1, chainedLines(1, 2))
  await until(() => given.length === 2)
  await until(() => progress().lastError === undefined)
  t.match(lines(), [{ level: 'error', export: 'siem', why: /ENOENT/ }])
  t.equal(lines().length, 1)
})

t.test('a journal that cannot be read does not keep it from ending', async (t) => {
  const directory = `${directoryOf(t)}/nowhere`
  for (const waitMs of [0, 1e9]) {
    const { stop, progress } = running(t, directory, {
      backoff: { nextMs: () => waitMs, reset: () => undefined },
    })
    await until(() => progress().lastError !== undefined)
    await stop()
  }
  const { stop } = running(t, directory)
  await stop()
  t.pass()
})

t.test('retention that removes what was sent does not matter', async (t) => {
  const directory = directoryOf(t)
  const path = writeSegment(directory, 1, chainedLines(1, 5))
  const first = running(t, directory)
  await until(() => first.given.length === 5)
  await first.stop()
  rmSync(path)
  writeSegment(directory, 6, chainedLines(6, 7))
  const next = running(t, directory)
  await until(() => next.given.length === 2)
  t.same(next.given, [6, 7])
  t.same(next.messages(), [])
})
