import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checksumOf, tarEnd, tarHeader, tarPadding } from '../../../src/audit/bundle/tar.ts'

const at = Date.parse('2026-11-23T09:00:00.000Z')

void t.test('the tar of this machine reads it', async (t) => {
  const directory = t.testdir()
  const content = Buffer.from('content\n')
  const parts = [
    tarHeader({ name: 'a/one.txt', bytes: content.length }, at),
    content,
    tarPadding(content.length),
    tarHeader({ name: 'empty', bytes: 0 }, -1),
    tarPadding(0),
    tarEnd(),
  ]
  const file = join(directory, 'it.tar')
  writeFileSync(file, Buffer.concat(parts))
  const listing = execFileSync('tar', ['--utc', '--numeric-owner', '-tvf', file], {
    encoding: 'utf8',
  })
  t.match(listing, /-rw-r--r-- 0\/0 +8 2026-11-23 09:00 a\/one\.txt/)
  t.match(listing, /0 1970-01-01 00:00 empty/)
  execFileSync('tar', ['-C', directory, '-xf', file])
  t.equal(execFileSync('cat', [join(directory, 'a/one.txt')], { encoding: 'utf8' }), 'content\n')
})

void t.test('files fill whole blocks', async (t) => {
  for (const [bytes, padding] of [
    [0, 0],
    [1, 511],
    [511, 1],
    [512, 0],
    [513, 511],
  ] as const) {
    t.equal(tarPadding(bytes).length, padding)
  }
  t.equal(tarHeader({ name: 'x', bytes: 1 }, at).length, 512)
})

void t.test('its own field counts as spaces', async (t) => {
  const header = tarHeader({ name: 'x', bytes: 1 }, at)
  const sum = checksumOf(header)
  header.fill(0xff, 148, 156)
  t.equal(checksumOf(header), sum)
})

void t.test('what does not fit is refused', async (t) => {
  for (const name of ['', 'ü', 'with space', 'x'.repeat(101)]) {
    t.throws(() => tarHeader({ name, bytes: 1 }, at), { name: 'NoAnswer', message: /does not fit/ })
  }
  t.throws(() => tarHeader({ name: 'x', bytes: 8 * 1024 ** 3 }, at), /too large/)
  t.ok(tarHeader({ name: 'x'.repeat(100), bytes: 8 * 1024 ** 3 - 1 }, at))
})
