import { readdirSync, readlinkSync } from 'node:fs'
import t, { type Test } from 'tap'
import { followJournal, type FollowOptions } from '../../src/record/follow.ts'
import { openJournal } from '../../src/record/journal.ts'
import { keptLog, sampleEntry } from '../support/audit-files.ts'
import { chainedLines, writeSegment } from '../support/chained-lines.ts'

/** Follows until it is told to stop, and keeps what came. */
function following(t: Test, directory: string, options: Partial<FollowOptions> = {}) {
  const controller = new AbortController()
  const { signal } = controller
  const seqs: number[] = []
  let caughtUp = Promise.withResolvers<void>()
  const onCaughtUp = () => {
    caughtUp.resolve()
    caughtUp = Promise.withResolvers()
  }
  const ended = (async () => {
    for await (const lines of followJournal({
      directory,
      after: 0,
      signal,
      onCaughtUp,
      ...options,
    }))
      seqs.push(...lines.map(({ seq }) => seq))
  })()
  t.teardown(() => controller.abort())
  return { seqs, ended, stop: () => controller.abort(), catchUp: () => caughtUp.promise }
}

t.test('follows a journal that the service writes, until it is told to stop', async (t) => {
  const directory = t.testdir()
  const { log } = keptLog()
  const options = { directory, durability: 'synced', replica: 'a', version: '1', log } as const
  const journal = await openJournal({ ...options, now: Date.now })
  t.teardown(journal.close)
  const follower = following(t, directory)
  await follower.catchUp()
  t.ok(follower.seqs.length > 0, 'the start is there')
  const before = follower.seqs.length
  await Promise.all(Array.from({ length: 1200 }, (_, name) => journal.append(sampleEntry(name))))
  while (follower.seqs.length < before + 1200) await follower.catchUp()
  t.same(
    follower.seqs,
    follower.seqs.map((_, index) => index + 1),
  )
  follower.stop()
  await follower.ended
})

t.test('ends by itself when all is read, if that is asked for', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 7))
  const { seqs, ended } = following(t, directory, { once: true, after: 2, batchMax: 2 })
  await ended
  t.same(seqs, [3, 4, 5, 6, 7])
  const open = readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(directory)
    } catch {
      return false
    }
  })
  t.same(open, [], 'the file is closed')
})

t.test('what is not durable yet is not read', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 7))
  let durable = 3
  const { seqs, catchUp } = following(t, directory, { durable: () => durable })
  await catchUp()
  t.same(seqs, [1, 2, 3])
  durable = 5
  while (seqs.length < 5) await catchUp()
  t.same(seqs, [1, 2, 3, 4, 5])
})

t.test('told to stop before it began, it reads nothing', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 2))
  const { seqs, ended } = following(t, directory, { signal: AbortSignal.abort() })
  await ended
  t.same(seqs, [])
})

t.test('a fault ends it, unless somebody is told of it', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 7).toSpliced(3, 1))
  const strict = following(t, directory)
  await t.rejects(strict.ended, { name: 'JournalFault', seq: 4 })
  t.same(strict.seqs, [1, 2, 3])
  const told: number[] = []
  const tolerant = following(t, directory, { once: true, onFault: ({ seq }) => told.push(seq) })
  await tolerant.ended
  t.same(tolerant.seqs, [1, 2, 3, 5, 6, 7])
  t.same(told, [4])
})

t.test('the digest of the entry to begin behind must be that of its line', async (t) => {
  const directory = t.testdir()
  writeSegment(directory, 1, chainedLines(1, 3))
  const digests: string[] = []
  const { signal } = new AbortController()
  for await (const lines of followJournal({ directory, after: 0, signal, once: true }))
    digests.push(...lines.map(({ digest }) => digest))
  const [, digest = ''] = digests
  const { seqs, ended } = following(t, directory, { after: 2, digest, once: true })
  await ended
  t.same(seqs, [3])
  const other = following(t, directory, { after: 2, digest: digests[0] ?? '', once: true })
  await t.rejects(other.ended, { name: 'JournalRewritten' })
})

t.test('a directory that is not there is an error that names it', async (t) => {
  const { ended } = following(t, `${t.testdir()}/nowhere`)
  await t.rejects(ended, { code: 'ENOENT', path: /nowhere$/ })
})
