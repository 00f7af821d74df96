import { spawnSync } from 'node:child_process'
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createStdoutSink } from '../../src/export/stdout.ts'
import { until } from '../support/audit-files.ts'
import { exportedEntries } from '../support/exported-entries.ts'

const { signal } = new AbortController()

function written(t: Test) {
  const path = join(t.testdir(), 'out')
  const descriptor = openSync(path, 'w')
  t.teardown(() => closeSync(descriptor))
  return { descriptor, lines: () => readFileSync(path, 'utf8').split('\n').slice(0, -1) }
}

t.test('writes a line for each entry, as the journal has it', async (t) => {
  const { descriptor, lines } = written(t)
  const sink = createStdoutSink({ format: 'native', descriptor })
  const [one, other] = [exportedEntries(1, 100), exportedEntries(101, 102, 9_000)]
  await sink.deliver(one, signal)
  await sink.deliver(other, signal)
  await sink.close()
  t.same(
    lines(),
    [...one, ...other].map(({ line }) => line),
  )
})

t.test('writes them in another format', async (t) => {
  const { descriptor, lines } = written(t)
  const sink = createStdoutSink({ format: 'cloudevents', descriptor })
  await sink.deliver(exportedEntries(1, 2), signal)
  t.match(
    lines().map((line) => JSON.parse(line) as object),
    [{ specversion: '1.0' }, { specversion: '1.0' }],
  )
})

t.test('closing it before anything was written does nothing', async (t) => {
  await createStdoutSink({ format: 'native', descriptor: 1 }).close()
  t.pass()
})

/** A pipe, and what can be read of it now. */
function pipe(t: Test) {
  const path = join(t.testdir(), 'pipe')
  spawnSync('mkfifo', [path])
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const descriptor = openSync(path, constants.O_WRONLY)
  t.teardown(() => closeSync(descriptor))
  const block = Buffer.alloc(1024 * 1024)
  const read = () => {
    try {
      return block.toString('utf8', 0, readSync(reader, block))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return ''
      throw error
    }
  }
  return { descriptor, read, close: () => closeSync(reader) }
}

t.test('a reader that is slow gets every line once, though attempts are given up', async (t) => {
  const { descriptor, read, close } = pipe(t)
  const sink = createStdoutSink({ format: 'native', descriptor })
  const entries = exportedEntries(1, 30, 20_000)
  let text = ''
  let attempts = 0
  const attempt = async (): Promise<boolean> => {
    const controller = new AbortController()
    const delivered = sink.deliver(entries, controller.signal).then(
      () => true,
      () => false,
    )
    attempts += 1
    const more = read()
    text += more
    // Where there was something to read, the attempt is given up in its midst; else it may fill the pipe.
    if (more !== '') controller.abort()
    else setTimeout(() => controller.abort(), 60)
    return delivered
  }
  while (!(await attempt()));
  text += read()
  t.ok(attempts > 2)
  t.equal(text, entries.map(({ line }) => `${line}\n`).join(''))
  close()
  await t.rejects(sink.deliver(exportedEntries(31, 31), signal), { code: 'EPIPE' })
  await sink.close()
})

t.test(
  'short lines go into a pipe together, so that no other line can come in between',
  async (t) => {
    const { descriptor, read, close } = pipe(t)
    const sink = createStdoutSink({ format: 'native', descriptor })
    const entries = exportedEntries(1, 100)
    await sink.deliver(entries, signal)
    t.equal(read(), entries.map(({ line }) => `${line}\n`).join(''))
    close()
    await sink.close()
  },
)

t.test('a line that is longer than what a pipe holds is written piece by piece', async (t) => {
  const { descriptor, read, close } = pipe(t)
  const sink = createStdoutSink({ format: 'native', descriptor })
  const entries = exportedEntries(1, 1, 100_000)
  let isTaken = false
  const delivered = sink.deliver(entries, signal).then(() => (isTaken = true))
  let text = ''
  await until(() => {
    text += read()
    return isTaken
  })
  await delivered
  t.equal(text + read(), `${entries[0]?.line}\n`)
  close()
  await sink.close()
})
