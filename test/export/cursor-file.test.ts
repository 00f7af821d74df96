import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  beginning,
  cursorDirectory,
  exportedSeq,
  readCursor,
  writeCursor,
} from '../../src/export/cursor-file.ts'

const at = (seq: number) => ({
  seq,
  id: `01J${seq}`,
  time: '2026-11-23T09:14:02.113Z',
  digest: 'ab'.repeat(32),
})

t.test('what is written is read again, and nobody else may read it', async (t) => {
  const directory = t.testdir()
  t.same(readCursor(directory, 'siem'), beginning)
  await writeCursor(directory, 'siem', at(7))
  await writeCursor(directory, 'siem', at(8))
  await writeCursor(directory, 'other', beginning)
  t.same(readCursor(directory, 'siem'), at(8))
  t.same(readCursor(directory, 'other'), beginning)
  const cursors = cursorDirectory(directory)
  t.equal(cursors, join(directory, 'cursors'))
  t.same(readdirSync(cursors).toSorted(), ['other.json', 'siem.json'])
  t.equal(statSync(cursors).mode & 0o777, 0o700)
  t.equal(statSync(join(cursors, 'siem.json')).mode & 0o777, 0o600)
  t.match(readFileSync(join(cursors, 'siem.json'), 'utf8'), /^\{"seq":8,.*\}\n$/)
})

const damaged: Record<string, string> = {
  empty: '',
  'cut short': '{"seq":7,"id":"01J',
  'no object': '7',
  'without a digest': '{"seq":7,"id":"a","time":"b"}',
  'with another digest': '{"seq":7,"id":"a","time":"b","digest":"abc"}',
  'with a number below 0': '{"seq":-1,"id":"a","time":"b","digest":""}',
  'with half a number': '{"seq":1.5,"id":"a","time":"b","digest":""}',
  'with more than is known': '{"seq":7,"id":"a","time":"b","digest":"","more":1}',
}

for (const [name, content] of Object.entries(damaged)) {
  t.test(`a cursor that is ${name} is an error, and counts as none`, async (t) => {
    const directory = t.testdir({ cursors: { 'siem.json': content } })
    const message = `${join(directory, 'cursors/siem.json')} is no cursor of an export`
    t.throws(() => readCursor(directory, 'siem'), { message })
    t.equal(exportedSeq(directory, ['siem']), 0)
  })
}

t.test('a cursor that cannot be read is an error, too', async (t) => {
  const directory = t.testdir({ cursors: { 'siem.json': {} } })
  t.throws(() => readCursor(directory, 'siem'), { code: 'EISDIR' })
})

t.test('what all exports have sent on is what the last of them has', async (t) => {
  const directory = t.testdir()
  await writeCursor(directory, 'siem', at(70))
  await writeCursor(directory, 'archive', at(50))
  t.equal(exportedSeq(directory, ['siem', 'archive']), 50)
  t.equal(exportedSeq(directory, ['siem']), 70)
  t.equal(exportedSeq(directory, ['siem', 'new']), 0)
  t.equal(exportedSeq(directory, []), Infinity)
})

t.test('a journal that is gone is not made again', async (t) => {
  const directory = join(t.testdir(), 'unmounted')
  await t.rejects(writeCursor(directory, 'siem', at(1)), { code: 'ENOENT' })
  t.notOk(existsSync(directory))
})

t.test('a cursor that cannot be put in its place leaves the old one', async (t) => {
  const directory = t.testdir()
  await writeCursor(directory, 'siem', at(1))
  mkdirSync(join(directory, 'cursors/siem.json.new'))
  await t.rejects(writeCursor(directory, 'siem', at(2)), { code: 'EISDIR' })
  t.same(readCursor(directory, 'siem'), at(1))
  writeFileSync(join(directory, 'file'), '')
  await t.rejects(writeCursor(join(directory, 'file'), 'siem', at(2)), { code: 'ENOTDIR' })
})
