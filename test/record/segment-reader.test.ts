import { hash } from 'node:crypto'
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { openSegmentReader } from '../../src/record/segment-reader.ts'

async function opened(t: Test, content: string) {
  const path = join(t.testdir({ segment: content }), 'segment')
  const reader = await openSegmentReader(path)
  t.teardown(reader.close)
  const lines = async () => (await reader.lines(10)).map(String)
  t.equal(reader.path, path)
  return { ...reader, lines }
}

t.test('lines come again until they are passed', async (t) => {
  const { path, lines, pass, passEntry } = await opened(t, 'one\ntwo\n')
  t.same(await lines(), ['one', 'two'])
  t.same(await lines(), ['one', 'two'])
  pass(Buffer.from('one'))
  t.same(await lines(), ['two'])
  passEntry(Buffer.from('two'))
  t.same(await lines(), [])
  appendFileSync(path, 'three\n')
  t.same(await lines(), ['three'])
})

t.test('knows whether what was read is still there', async (t) => {
  const { path, pass, passEntry, digestOfLast } = await opened(t, 'one\ntwo\n')
  t.equal(await digestOfLast(), undefined)
  passEntry(Buffer.from('one'))
  t.equal(await digestOfLast(), hash('sha256', 'one'))
  pass(Buffer.from('two'))
  t.equal(await digestOfLast(), hash('sha256', 'one'), 'what is no entry does not count')
  writeFileSync(path, 'ONE\ntwo\n')
  t.equal(await digestOfLast(), hash('sha256', 'ONE'))
})

t.test('a file that is cut, or has another in its place, is not whole', async (t) => {
  const { path, passEntry, isWhole } = await opened(t, 'one\ntwo\n')
  passEntry(Buffer.from('one'))
  t.ok(await isWhole())
  truncateSync(path, 4)
  t.ok(await isWhole(), 'what was not read yet may be taken back')
  truncateSync(path, 3)
  t.notOk(await isWhole())
  appendFileSync(path, '\n')
  t.ok(await isWhole())
  rmSync(path)
  t.ok(await isWhole(), 'what was deleted can be read to its end')
  writeFileSync(`${path}.new`, 'one\ntwo\nthree\n')
  renameSync(`${path}.new`, path)
  t.notOk(await isWhole())
})

t.test('a segment that is not there is an error', async (t) => {
  await t.rejects(openSegmentReader(join(t.testdir(), 'nowhere')), { code: 'ENOENT' })
})
