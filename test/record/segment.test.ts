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
import { openSegment } from '../../src/record/segment.ts'
import { mountSmallDisk, noDevFull } from '../support/small-disk.ts'

const synced = { sizeBytes: 0, durability: 'synced' } as const

function opened(t: Test, path: string, options: Partial<Parameters<typeof openSegment>[0]> = {}) {
  const segment = openSegment({ path, ...synced, ...options })
  t.teardown(() => segment.close())
  return segment
}

for (const durability of ['synced', 'buffered'] as const) {
  void t.test(`${durability}: lines are added at the end`, async (t) => {
    const path = join(t.testdir({ old: 'one\n' }), 'old')
    const segment = opened(t, path, { sizeBytes: 4, durability })
    t.equal(segment.path, path)
    await segment.append(Buffer.from('two\n'))
    await segment.append(Buffer.from('three\nfour\n'))
    t.equal(readFileSync(path, 'utf8'), 'one\ntwo\nthree\nfour\n')
  })

  void t.test(`${durability}: a trial leaves nothing behind`, async (t) => {
    const path = join(t.testdir({ old: 'one\n' }), 'old')
    const segment = opened(t, path, { sizeBytes: 4, durability })
    await segment.tryOut()
    t.equal(readFileSync(path, 'utf8'), 'one\n')
    await segment.append(Buffer.from('two\n'))
    t.equal(readFileSync(path, 'utf8'), 'one\ntwo\n')
  })
}

void t.test('a new segment is its owner’s alone', async (t) => {
  const path = join(t.testdir(), 'new')
  opened(t, path)
  t.equal(statSync(path).mode & 0o777, 0o600)
})

void t.test('a file that does not end where it should is not written', async (t) => {
  const path = join(t.testdir({ old: 'one\n' }), 'old')
  for (const sizeBytes of [0, 3, 5]) {
    const message = `${path} has 4 bytes where ${sizeBytes} were left; something else writes to it`
    t.throws(() => openSegment({ path, sizeBytes, durability: 'synced' }), { message })
  }
  t.equal(readFileSync(path, 'utf8'), 'one\n')
  t.throws(() => openSegment({ path: join(path, 'x'), ...synced }), { code: 'ENOTDIR' })
})

void t.test('knows whether its file is still the one under its path', async (t) => {
  const directory = t.testdir({ old: 'one\n' })
  const path = join(directory, 'old')
  const segment = opened(t, path, { sizeBytes: 4 })
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
    const segment = opened(t, path)
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
    const segment = openSegment({ path, ...synced })
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
    const segment = opened(t, path)
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
  await t.rejects(opened(t, path).append(Buffer.from('one\n')), { code: 'EINVAL' })
  await opened(t, path, { durability: 'buffered' }).append(Buffer.from('one\n'))
})
