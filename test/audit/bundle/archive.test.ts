import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fileOf, filePart, writeArchive } from '../../../src/audit/bundle/archive.ts'

const sumOfAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

void t.test('an archive holds what it is given, and is the same each time', async (t) => {
  const directory = t.testdir({ long: 'xxabcxx' })
  const part = await filePart('part', { path: join(directory, 'long'), begin: 2, end: 5 })
  const files = [fileOf('whole', Buffer.from('abc')), part]
  t.match(files, [
    { name: 'whole', bytes: 3, sha256: sumOfAbc },
    { name: 'part', bytes: 3, sha256: sumOfAbc },
  ])
  const paths = ['one.tar.gz', 'two.tar.gz'].map((name) => join(directory, name))
  for (const path of paths) await writeArchive(path, files, 1000)
  const [one = '', two = ''] = paths
  t.ok(readFileSync(one).equals(readFileSync(two)))
  t.equal(statSync(one).mode & 0o777, 0o600)
  for (const name of ['whole', 'part']) {
    t.equal(execFileSync('tar', ['-xzOf', one, name], { encoding: 'utf8' }), 'abc')
  }
})

void t.test('a file that is there is left alone', async (t) => {
  const path = join(t.testdir({ 'it.tar.gz': 'mine' }), 'it.tar.gz')
  await t.rejects(writeArchive(path, [], 0), { code: 'EEXIST' })
  t.equal(readFileSync(path, 'utf8'), 'mine')
  await t.rejects(writeArchive('/nowhere/it.tar.gz', [], 0), { code: 'ENOENT' })
})

void t.test('nothing is left of an archive whose files change under it', async (t) => {
  const directory = t.testdir({ long: 'abc' })
  const long = join(directory, 'long')
  const path = join(directory, 'it.tar.gz')
  const part = await filePart('part', { path: long, begin: 0, end: 3 })
  writeFileSync(long, 'abd')
  await t.rejects(writeArchive(path, [part], 0), { name: 'NoAnswer', message: /part was changed/ })
  writeFileSync(long, 'ab')
  await t.rejects(writeArchive(path, [part], 0), /part was changed/)
  t.equal(existsSync(path), false)
  appendFileSync(long, 'c and more')
  await writeArchive(path, [part], 0)
  t.equal(execFileSync('tar', ['-xzOf', path, 'part'], { encoding: 'utf8' }), 'abc')
})
