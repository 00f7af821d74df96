import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { appendNote } from '../../src/export/witness-file.ts'
import { mountSmallDisk, noDevFull } from '../support/small-disk.ts'

const note = (size: number) => `origin\n${size}\ndigest\n\n— origin signature\n`

t.test(
  'notes follow one another, with an empty line behind each, for everybody to read',
  async (t) => {
    const file = join(t.testdir(), 'checkpoints')
    await appendNote(file, note(1))
    await appendNote(file, note(2))
    t.equal(readFileSync(file, 'utf8'), `${note(1)}\n${note(2)}\n`)
    t.equal(statSync(file).mode & 0o777, 0o644)
  },
)

t.test('a file that is moved away is begun anew', async (t) => {
  const file = join(t.testdir({ checkpoints: 'old\n\n' }), 'checkpoints')
  await appendNote(file, note(1))
  t.equal(readFileSync(file, 'utf8'), `old\n\n${note(1)}\n`)
  writeFileSync(file, '')
  await appendNote(file, note(2))
  t.equal(readFileSync(file, 'utf8'), `${note(2)}\n`)
})

t.test('a file that cannot be written is an error', async (t) => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'folder'))
  await t.rejects(appendNote(join(directory, 'folder'), note(1)), { code: 'EISDIR' })
  await t.rejects(appendNote(join(directory, 'gone/file'), note(1)), { code: 'ENOENT' })
})

t.test('a full device is an error, even where nothing can be taken back', noDevFull, async (t) => {
  const file = join(t.testdir(), 'full')
  symlinkSync('/dev/full', file)
  await t.rejects(appendNote(file, note(1)), { code: 'ENOSPC' })
})

t.test('on a full disk no half note stays', async (t) => {
  const disk = mountSmallDisk(t, 'size=64k')
  if (disk === undefined) return
  const file = join(disk, 'checkpoints')
  await appendNote(file, note(1))
  await t.rejects(appendNote(file, 'x'.repeat(100_000)), { code: 'ENOSPC' })
  t.equal(readFileSync(file, 'utf8'), `${note(1)}\n`)
})
