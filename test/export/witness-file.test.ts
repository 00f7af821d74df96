import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createNoteFile } from '../../src/export/witness-file.ts'
import { mountSmallDisk, noDevFull } from '../support/small-disk.ts'

const note = (size: number) => `origin\n${size}\ndigest\n\n— origin signature\n`

t.test(
  'notes follow one another, with an empty line behind each, for everybody to read',
  async (t) => {
    const file = join(t.testdir(), 'checkpoints')
    const { append } = createNoteFile(file)
    await append(note(1))
    await append(note(2))
    t.equal(readFileSync(file, 'utf8'), `${note(1)}\n${note(2)}\n`)
    t.equal(statSync(file).mode & 0o777, 0o644)
  },
)

t.test('a file that is moved away is begun anew', async (t) => {
  const file = join(t.testdir({ checkpoints: 'old\n\n' }), 'checkpoints')
  await createNoteFile(file).append(note(1))
  t.equal(readFileSync(file, 'utf8'), `old\n\n${note(1)}\n`)
  writeFileSync(file, '')
  await createNoteFile(file).append(note(2))
  t.equal(readFileSync(file, 'utf8'), `${note(2)}\n`)
})

t.test('a file that cannot be written is an error', async (t) => {
  const directory = t.testdir()
  mkdirSync(join(directory, 'folder'))
  await t.rejects(createNoteFile(join(directory, 'folder')).append(note(1)), { code: 'EISDIR' })
  await t.rejects(createNoteFile(join(directory, 'gone/file')).append(note(1)), { code: 'ENOENT' })
})

t.test('a full device is an error, even where nothing can be taken back', noDevFull, async (t) => {
  const file = join(t.testdir(), 'full')
  symlinkSync('/dev/full', file)
  await t.rejects(createNoteFile(file).append(note(1)), { code: 'ENOSPC' })
})

t.test('on a full disk no half note stays', async (t) => {
  const disk = mountSmallDisk(t, 'size=64k')
  if (disk === undefined) return
  const file = join(disk, 'checkpoints')
  await createNoteFile(file).append(note(1))
  await t.rejects(createNoteFile(file).append('x'.repeat(100_000)), { code: 'ENOSPC' })
  t.equal(readFileSync(file, 'utf8'), `${note(1)}\n`)
})

t.test('a note that waits for the disk is written once, and no other beside it', async (t) => {
  const file = join(t.testdir(), 'pipe')
  // Opening a pipe waits for a reader, as a hung disk would have it.
  execFileSync('mkfifo', [file])
  const { append } = createNoteFile(file)
  const first = append(note(1))
  const again = append(note(1))
  await t.rejects(append(note(2)), { message: 'a note before this one is still being written' })
  const both = Promise.all([first, again].map((each) => t.rejects(each, { code: 'EINVAL' })))
  const reader = await open(file, 'r')
  t.teardown(() => reader.close())
  // What is written to a pipe cannot be synced.
  await both
  await t.rejects(append(note(2)), { code: 'EINVAL' }, 'the next is begun once that is over')
  const { buffer, bytesRead } = await reader.read(Buffer.alloc(10_000))
  t.equal(buffer.toString('utf8', 0, bytesRead), `${note(1)}\n${note(2)}\n`)
})
