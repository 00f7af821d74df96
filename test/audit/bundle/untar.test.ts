import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { checksumOf, tarEnd, tarHeader, tarPadding } from '../../../src/audit/bundle/tar.ts'
import { createUntar } from '../../../src/audit/bundle/untar.ts'

function read(archive: Buffer, size = archive.length): string[] {
  const files: string[] = []
  let content = ''
  const untar = createUntar({
    begin: ({ name, bytes }) => {
      content = `${name} ${bytes}:`
    },
    bytes: (bytes) => {
      content += bytes.toString('latin1')
    },
    end: () => void files.push(content),
  })
  for (let at = 0; at < archive.length; at += size) untar.push(archive.subarray(at, at + size))
  untar.finish()
  return files
}

function archive(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, text]) => {
    const content = Buffer.from(text)
    return [tarHeader({ name, bytes: content.length }, 0), content, tarPadding(content.length)]
  })
  return Buffer.concat([...parts, tarEnd()])
}

const files = { one: 'x'.repeat(700), empty: '', two: 'y'.repeat(512) }
const expected = [`one 700:${files.one}`, 'empty 0:', `two 512:${files.two}`]

void t.test('files are read, however the bytes are cut', async (t) => {
  for (const size of [1, 7, 511, 512, 513, 1000, 100_000]) {
    t.strictSame(read(archive(files), size), expected, `${size} at once`)
  }
})

void t.test('what is behind the end does not matter', async (t) => {
  t.strictSame(read(Buffer.concat([archive(files), Buffer.from('rubbish')]), 512), expected)
})

function tarOf(t: Test, make: (directory: string) => readonly string[]): Buffer {
  const directory = t.testdir()
  mkdirSync(join(directory, 'in'))
  const names = make(join(directory, 'in'))
  const file = join(directory, 'it.tar')
  execFileSync('tar', ['--format=ustar', '-C', join(directory, 'in'), '-cf', file, ...names])
  return readFileSync(file)
}

void t.test('archives of the tar of this machine are read', async (t) => {
  const bytes = tarOf(t, (directory) => {
    writeFileSync(join(directory, 'one'), 'content')
    return ['one']
  })
  t.strictSame(read(bytes), ['one 7:content'])
})

void t.test('an archive that is cut short is refused', async (t) => {
  const whole = archive(files)
  for (const length of [0, 100, 512, 1000, whole.length - 1024]) {
    t.throws(() => read(whole.subarray(0, length)), /cut short/, `${length} bytes`)
  }
})

void t.test('what is no archive, or holds more than plain files, is refused', async (t) => {
  const link = tarOf(t, (directory) => {
    symlinkSync('/etc/passwd', join(directory, 'link'))
    return ['link']
  })
  t.throws(() => read(link), /something else than plain files/)
  const folder = tarOf(t, (directory) => {
    mkdirSync(join(directory, 'folder'))
    return ['folder']
  })
  t.throws(() => read(folder), /something else than plain files/)
  t.throws(() => read(Buffer.alloc(1024, 'x')), /not an archive/)
  const forged = (change: (header: Buffer) => void, isSummed = true) => {
    const bytes = archive({ one: 'x' })
    const header = bytes.subarray(0, 512)
    change(header)
    if (isSummed) header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148)
    return bytes
  }
  t.throws(() => read(forged((header) => header.write('X', 0), false)), /not an archive/)
  t.throws(() => read(forged((header) => header.write('xstar', 257))), /not an archive/)
  t.throws(() => read(forged((header) => header.write('-0000000001', 124))), /not an archive/)
  t.throws(() => read(forged((header) => header.write('prefix', 345))), /something else/)
  t.strictSame(read(forged(() => undefined)), ['one 1:x'])
})
