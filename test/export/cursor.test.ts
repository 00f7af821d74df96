import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openCursor } from '../../src/export/cursor.ts'
import { beginning, readCursor, writeCursor } from '../../src/export/cursor-file.ts'
import { keptLog, until } from '../support/audit-files.ts'

const at = (seq: number) => ({ seq, id: `01J${seq}`, time: 'then', digest: 'ab'.repeat(32) })

function opened(t: Test, directory: string, saveIntervalMs?: number) {
  const { log, lines, messages } = keptLog()
  const interval = saveIntervalMs === undefined ? {} : { saveIntervalMs }
  const cursor = openCursor({ directory, name: 'siem', log, ...interval })
  t.teardown(cursor.close)
  return { ...cursor, lines, messages }
}

t.test('goes on where it was left', async (t) => {
  const directory = t.testdir()
  const first = opened(t, directory)
  t.same(first.position(), beginning)
  first.moveTo(at(3))
  first.moveTo(at(4))
  t.same(first.position(), at(4))
  t.same(readCursor(directory, 'siem'), beginning, 'it is not written for each move')
  await first.close()
  t.same(readCursor(directory, 'siem'), at(4), 'but at the end')
  const next = opened(t, directory)
  t.same(next.position(), at(4))
  t.same(next.messages(), [])
})

t.test('is written soon after it has moved, again and again', async (t) => {
  const directory = t.testdir()
  const { moveTo } = opened(t, directory, 1)
  for (const seq of [1, 2, 3]) {
    moveTo(at(seq))
    await until(() => readCursor(directory, 'siem').seq === seq)
  }
  t.pass()
})

t.test('is not written where it has not moved', async (t) => {
  const directory = t.testdir()
  await writeCursor(directory, 'siem', at(1))
  const { ino } = statSync(join(directory, 'cursors/siem.json'))
  const cursor = opened(t, directory, 1)
  cursor.moveTo(cursor.position())
  await cursor.close()
  t.equal(statSync(join(directory, 'cursors/siem.json')).ino, ino)
})

t.test('one that is damaged begins again, and says so', async (t) => {
  const directory = t.testdir({ cursors: { 'siem.json': '{"se' } })
  const { position, lines, moveTo, close } = opened(t, directory)
  t.same(position(), beginning)
  t.match(lines(), [{ level: 'error', export: 'siem', why: /siem\.json is no cursor/ }])
  moveTo(at(1))
  await close()
  t.same(readCursor(directory, 'siem'), at(1))
})

/** A cursor that has failed to write its position, because a file is where its directory should be. */
async function failed(directory: string) {
  const path = join(directory, 'cursors')
  const { log, lines } = keptLog()
  const cursor = openCursor({ directory, name: 'siem', log, saveIntervalMs: 1 })
  writeFileSync(path, '')
  cursor.moveTo(at(5))
  await until(() => lines().length > 0)
  return { ...cursor, lines, path }
}

t.test('what cannot be written is said once', async (t) => {
  const { close, lines } = await failed(t.testdir())
  await close()
  t.match(lines(), [{ level: 'error', export: 'siem', why: /ENOTDIR/ }])
  t.equal(lines().length, 1)
})

t.test('what could not be written is written once it can be', async (t) => {
  const directory = t.testdir()
  const { moveTo, close, lines, path } = await failed(directory)
  rmSync(path)
  mkdirSync(path)
  await until(() => readCursor(directory, 'siem').seq === 5)
  rmSync(path, { recursive: true })
  writeFileSync(path, '')
  moveTo(at(6))
  await close()
  t.equal(lines().length, 2, 'another failure is said again')
})
