import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Disk } from '../../src/record/disk.ts'
import { openSegment } from '../../src/record/segment.ts'
import { mountSmallDisk, noDevFull } from '../support/small-disk.ts'

const synced = { sizeBytes: 0, durability: 'synced' } as const

async function opened(
  t: Test,
  path: string,
  options: Partial<Parameters<typeof openSegment>[0]> = {},
) {
  const segment = await openSegment({ path, ...synced, ...options })
  t.teardown(() => segment.close())
  return segment
}

for (const durability of ['synced', 'buffered'] as const) {
  void t.test(`${durability}: lines are added at the end`, async (t) => {
    const path = join(t.testdir({ old: 'one\n' }), 'old')
    const segment = await opened(t, path, { sizeBytes: 4, durability })
    t.equal(segment.path, path)
    await segment.append(Buffer.from('two\n'))
    await segment.append(Buffer.from('three\nfour\n'))
    t.equal(readFileSync(path, 'utf8'), 'one\ntwo\nthree\nfour\n')
  })

  void t.test(`${durability}: a trial leaves nothing behind`, async (t) => {
    const path = join(t.testdir({ old: 'one\n' }), 'old')
    const segment = await opened(t, path, { sizeBytes: 4, durability })
    await segment.tryOut()
    t.equal(readFileSync(path, 'utf8'), 'one\n')
    await segment.append(Buffer.from('two\n'))
    t.equal(readFileSync(path, 'utf8'), 'one\ntwo\n')
  })
}

void t.test('a new segment is its owner’s alone', async (t) => {
  const path = join(t.testdir(), 'new')
  await opened(t, path)
  t.equal(statSync(path).mode & 0o777, 0o600)
})

void t.test('a file that does not end where it should is not written', async (t) => {
  const path = join(t.testdir({ old: 'one\n' }), 'old')
  for (const sizeBytes of [0, 3, 5]) {
    const message = `${path} has 4 bytes where ${sizeBytes} were left; something else writes to it`
    await t.rejects(openSegment({ path, sizeBytes, durability: 'synced' }), { message })
  }
  t.equal(readFileSync(path, 'utf8'), 'one\n')
  await t.rejects(openSegment({ path: join(path, 'x'), ...synced }), { code: 'ENOTDIR' })
})

void t.test('knows whether its file is still the one under its path', async (t) => {
  const directory = t.testdir({ old: 'one\n' })
  const path = join(directory, 'old')
  const segment = await opened(t, path, { sizeBytes: 4 })
  t.equal(segment.isInPlace(), true)
  renameSync(path, `${path}.bak`)
  t.equal(segment.isInPlace(), false, 'moved away')
  writeFileSync(path, 'one\n')
  t.equal(segment.isInPlace(), false, 'replaced')
  rmSync(directory, { recursive: true })
  t.equal(segment.isInPlace(), false, 'gone with its directory')
})

void t.test(
  'a full device is an error, each time, even where nothing can be cut off',
  noDevFull,
  async (t) => {
    const path = join(t.testdir(), 'full')
    symlinkSync('/dev/full', path)
    const segment = await opened(t, path)
    await t.rejects(segment.append(Buffer.from('one\n')), { code: 'ENOSPC' })
    // Cutting off what may have been written comes first, and that is what /dev/full cannot do.
    await t.rejects(segment.append(Buffer.from('two\n')), { code: 'EINVAL' })
    await t.rejects(segment.tryOut(), { code: 'EINVAL' })
  },
)

void t.test(
  'on a full disk the file ends with whole lines, and goes on when there is room',
  async (t) => {
    const disk = mountSmallDisk(t, 'size=64k')
    if (disk === undefined) return
    const path = join(disk, 'segment')
    const segment = await openSegment({ path, ...synced })
    await segment.append(Buffer.from('one\n'))
    await t.rejects(segment.append(Buffer.alloc(100_000, 'x')), { code: 'ENOSPC' })
    t.equal(
      readFileSync(path, 'utf8'),
      'one\n',
      'what was written before the disk was full is gone',
    )
    writeFileSync(join(disk, 'filler'), Buffer.alloc(56 * 1024))
    await t.rejects(segment.tryOut(), { code: 'ENOSPC' })
    t.equal(readFileSync(path, 'utf8'), 'one\n')
    truncateSync(join(disk, 'filler'))
    await segment.tryOut()
    await segment.append(Buffer.from('two\n'))
    t.equal(readFileSync(path, 'utf8'), 'one\ntwo\n')
    segment.close()
  },
)

void t.test(
  'bytes that something else adds do not survive the next failure or trial',
  async (t) => {
    const path = join(t.testdir(), 'new')
    const segment = await opened(t, path)
    await segment.append(Buffer.from('one\n'))
    appendFileSync(path, 'intruder')
    await segment.tryOut()
    t.equal(readFileSync(path, 'utf8'), 'one\n')
  },
)

void t.test('lines that were written and could not be synced count as not written', async (t) => {
  const path = join(t.testdir(), 'null')
  // Takes every write and cannot be synced.
  symlinkSync('/dev/null', path)
  await t.rejects((await opened(t, path)).append(Buffer.from('one\n')), { code: 'EINVAL' })
  await (await opened(t, path, { durability: 'buffered' })).append(Buffer.from('one\n'))
})

/** A disk that can be stopped: it then answers only once it is let go on, and is soon given up. */
function stoppableDisk() {
  let gate = Promise.resolve()
  let work = Promise.resolve()
  let deadlineMs = 60_000
  const disk: Disk = {
    get deadlineMs() {
      return deadlineMs
    },
    syncData() {
      work = gate
      return work
    },
  }
  const stop = () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    gate = promise
    deadlineMs = 1
    const end = (settle: () => void) => async () => {
      gate = Promise.resolve()
      deadlineMs = 60_000
      settle()
      await work.catch(() => undefined)
      await new Promise((turn) => setImmediate(turn))
    }
    return { goOn: end(resolve), fail: end(() => reject(new Error('I/O error'))) }
  }
  return { disk, stop }
}

for (const ending of ['goOn', 'fail'] as const) {
  void t.test(`what a slow disk took too late is taken back: ${ending}`, async (t) => {
    const path = join(t.testdir(), 'new')
    const { disk, stop } = stoppableDisk()
    const segment = await opened(t, path, { disk })
    await segment.append(Buffer.from('one\n'))
    const stopped = stop()
    await t.rejects(segment.append(Buffer.from('two\n')), { code: 'ETIMEDOUT' })
    await t.rejects(segment.append(Buffer.from('three\n')), { code: 'ETIMEDOUT' }, 'at once')
    await t.rejects(segment.tryOut(), { code: 'ETIMEDOUT' })
    t.equal(readFileSync(path, 'utf8'), 'one\ntwo\n', 'nothing touches the file meanwhile')
    await stopped[ending]()
    await segment.append(Buffer.from('four\n'))
    t.equal(readFileSync(path, 'utf8'), 'one\nfour\n')
    t.equal(segment.sizeBytes(), 9)
  })
}

void t.test('a trial that a slow disk took too late is taken back as well', async (t) => {
  const path = join(t.testdir(), 'new')
  const { disk, stop } = stoppableDisk()
  const segment = await opened(t, path, { disk })
  const { goOn } = stop()
  await t.rejects(segment.tryOut(), { code: 'ETIMEDOUT' })
  await goOn()
  await segment.tryOut()
  t.equal(readFileSync(path, 'utf8'), '')
})

void t.test(
  'closing does not wait for a slow disk, nor cut off what it may yet take',
  async (t) => {
    const path = join(t.testdir(), 'new')
    const { disk, stop } = stoppableDisk()
    const segment = await openSegment({ path, ...synced, disk })
    const { fail } = stop()
    await t.rejects(segment.append(Buffer.from('one\n')), { code: 'ETIMEDOUT' })
    segment.close()
    t.equal(readFileSync(path, 'utf8'), 'one\n')
    await fail()
  },
)

void t.test(
  'a buffered segment is synced when it is asked to be, within the same time',
  async (t) => {
    const path = join(t.testdir(), 'new')
    const { disk, stop } = stoppableDisk()
    let syncs = 0
    const counting: Disk = {
      get deadlineMs() {
        return disk.deadlineMs
      },
      syncData(descriptor) {
        syncs += 1
        return disk.syncData(descriptor)
      },
    }
    const segment = await opened(t, path, { durability: 'buffered', disk: counting })
    await segment.append(Buffer.from('one\n'))
    t.equal(syncs, 0)
    await segment.sync()
    t.equal(syncs, 1)
    const { goOn } = stop()
    await t.rejects(segment.sync(), { code: 'ETIMEDOUT' })
    await segment.append(Buffer.from('two\n'))
    t.equal(readFileSync(path, 'utf8'), 'one\ntwo\n', 'it can be written all the same')
    await goOn()
    const always = await opened(t, `${path}er`, { disk: counting })
    syncs = 0
    await always.sync()
    t.equal(syncs, 0, 'the other mode has nothing left to sync')
  },
)

void t.test(
  'a sync that is asked for during another comes after it, even if that one fails',
  async (t) => {
    const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    let begun = 0
    const syncData = () => gates[begun++]!.promise
    const disk = { deadlineMs: 10_000, syncData }
    const segment = await opened(t, join(t.testdir(), 'new'), { durability: 'buffered', disk })
    const first = segment.sync()
    const second = segment.sync()
    t.equal(begun, 1)
    gates[0]!.reject(new Error('I/O error'))
    await t.rejects(first, { message: 'I/O error' })
    gates[1]!.resolve()
    await second
    t.equal(begun, 2)
  },
)
