import { writeFileSync } from 'node:fs'
import t from 'tap'
import { segmentPath } from '../../../src/record/directory.ts'
import { NoRoom, requireRoom, requireRoomForAll } from '../../../src/review/search/room.ts'

const mebibyte = 1024 ** 2
const free = (mebibytes: number) => ({ freeBytes: () => mebibytes * mebibyte })

void t.test('an index leaves room for the journal', async (t) => {
  const directory = t.testdir()
  requireRoom(directory, free(64))
  t.throws(() => requireRoom(directory, free(63)), NoRoom)
  t.throws(() => requireRoom(directory, free(63)), /63 MiB are free .* needs 64 MiB .* make room/)
})

void t.test('a new index needs as much as it will take', async (t) => {
  const directory = t.testdir()
  writeFileSync(segmentPath(directory, 1), Buffer.alloc(6 * mebibyte))
  writeFileSync(segmentPath(directory, 9), Buffer.alloc(4 * mebibyte))
  requireRoomForAll(directory, free(68))
  t.throws(() => requireRoomForAll(directory, free(67)), NoRoom)
})

void t.test('a segment that is removed meanwhile takes nothing', async (t) => {
  const directory = t.testdir({ '000000000001.jsonl': t.fixture('symlink', 'gone') })
  requireRoomForAll(directory, free(64))
})

void t.test('the file system is asked', async (t) => {
  requireRoom(t.testdir())
  requireRoomForAll(t.testdir())
  t.throws(() => requireRoom(`${t.testdirName}/missing`), { code: 'ENOENT' })
})
