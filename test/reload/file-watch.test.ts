import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { watchFiles, type FileWatchParts } from '../../src/reload/file-watch.ts'
import { until } from '../support/audit-files.ts'

const intervalMs = 10

/** Watches files, and keeps count of the changes once the first state has been seen. */
async function watch(t: Test, files: readonly string[], others: Partial<FileWatchParts> = {}) {
  let count = 0
  const onChange = async () => {
    count += 1
    return true
  }
  const watching = watchFiles({ files, intervalMs, onChange, ...others })
  t.teardown(watching.close)
  if (!others.onChange) await until(() => count === 1)
  return { watching, count: () => count }
}

t.test('a file that is written, replaced, removed or made is a change each time', async (t) => {
  const directory = t.testdir({ policy: 'one' })
  const [policy, tests] = [join(directory, 'policy'), join(directory, 'tests')]
  const { count } = await watch(t, [policy, tests])
  const changes = [
    () => writeFileSync(policy, 'two'),
    () => {
      writeFileSync(join(directory, 'other'), 'two')
      renameSync(join(directory, 'other'), policy)
    },
    () => rmSync(policy),
    () => writeFileSync(policy, 'two'),
    () => writeFileSync(tests, 'made beside it'),
  ]
  for (const [index, change] of changes.entries()) {
    change()
    await until(() => count() >= index + 2)
    t.equal(count(), index + 2)
  }
})

t.test('a change of the same length with the same time is one', async (t) => {
  const directory = t.testdir({ policy: 'one' })
  const policy = join(directory, 'policy')
  const { mtime } = statSync(policy)
  const { count } = await watch(t, [policy])
  writeFileSync(policy, 'two')
  utimesSync(policy, mtime, mtime)
  await until(() => count() >= 2)
  t.pass()
})

t.test("Kubernetes' swap of the symlink above the file is a change", async (t) => {
  const directory = t.testdir()
  for (const version of ['..v1', '..v2']) {
    mkdirSync(join(directory, version))
    writeFileSync(join(directory, version, 'policy.yaml'), version)
  }
  symlinkSync('..v1', join(directory, '..data'))
  symlinkSync('..data/policy.yaml', join(directory, 'policy.yaml'))
  const { count } = await watch(t, [join(directory, 'policy.yaml')])
  symlinkSync('..v2', join(directory, '..data_tmp'))
  renameSync(join(directory, '..data_tmp'), join(directory, '..data'))
  await until(() => count() >= 2)
  t.equal(count(), 2)
})

t.test('a file that is still being written is waited for', async (t) => {
  const directory = t.testdir({ policy: '' })
  const policy = join(directory, 'policy')
  const seen: number[] = []
  let isDone = false
  await watch(t, [policy], {
    intervalMs: 30,
    onChange: async () => {
      seen.push(statSync(policy).size)
      return true
    },
  })
  await until(() => seen.length === 1)
  const writing = setInterval(() => !isDone && appendFileSync(policy, 'a line\n'), 2)
  t.teardown(() => clearInterval(writing))
  await until(() => statSync(policy).size > 200)
  isDone = true
  await until(() => seen.length >= 2)
  t.same(seen, [0, statSync(policy).size])
})

t.test('what could not be dealt with is tried again, without another change', async (t) => {
  const directory = t.testdir({ policy: 'one' })
  const answers = [false, false, true]
  let count = 0
  const { watching } = await watch(t, [join(directory, 'policy')], {
    onChange: async () => answers[count++] ?? true,
  })
  await until(() => count === 3)
  // Another watch takes its two looks: time enough for a fourth call, were there to be one.
  await watch(t, [join(directory, 'policy')])
  t.equal(count, 3)
  await watching.close()
})

t.test('closing waits for what is under way, and nothing follows it', async (t) => {
  const directory = t.testdir({ policy: 'one' })
  const { promise: held, resolve: letGo } = Promise.withResolvers<boolean>()
  let count = 0
  const { watching } = await watch(t, [join(directory, 'policy')], {
    onChange: () => {
      count += 1
      return held
    },
  })
  await until(() => count === 1)
  let isClosed = false
  const closed = watching.close().then(() => (isClosed = true))
  await new Promise((resolve) => setImmediate(resolve))
  t.equal(isClosed, false)
  letGo(false)
  await closed
  writeFileSync(join(directory, 'policy'), 'two')
  await watch(t, [join(directory, 'policy')])
  t.equal(count, 1)
  const idle = watchFiles({ files: [], intervalMs: 60_000, onChange: async () => true })
  await idle.close()
})
