import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { bytesOf, readWholeLines } from '../../src/record/whole-lines.ts'

async function read(t: Test, content: string, offset = 0, linesMax = 10): Promise<string[]> {
  const handle = await open(join(t.testdir({ file: content }), 'file'))
  const lines = await readWholeLines(handle, offset, linesMax)
  await handle.close()
  return lines.map(String)
}

t.test('lines come without their newlines, and the rest of a file is left', async (t) => {
  t.same(await read(t, 'one\ntwo\nthr'), ['one', 'two'])
  t.same(await read(t, 'one\n\ntwo\n', 4), ['', 'two'])
  t.same(await read(t, 'one\ntwo\nthree\n', 0, 2), ['one', 'two'])
  t.same(await read(t, 'one'), [])
  t.same(await read(t, ''), [])
  t.same(await read(t, 'one\n', 100), [])
})

t.test('a line as long as lines may be is read whole, wherever it begins', async (t) => {
  const longest = 'x'.repeat(64 * 1024)
  t.same(await read(t, `${longest}\n`.repeat(3)), [longest, longest, longest])
  t.same(await read(t, `${'y'.repeat(200_000)}\n${longest}\n`), ['y'.repeat(200_000)])
  t.same(await read(t, `${'y'.repeat(200_000)}\n${longest}\n`, 200_001), [longest])
})

t.test('what has no newline at all is passed over piece by piece', async (t) => {
  const block = 256 * 1024
  const content = `${'x'.repeat(block + 5)}\nnext\n`
  const [piece = ''] = await read(t, content)
  t.equal(piece.length, block)
  t.equal(bytesOf(Buffer.from(piece)), block, 'it has no newline of its own')
  t.same(await read(t, content, block), ['xxxxx', 'next'])
  t.equal(bytesOf(Buffer.from('next')), 5)
  t.same(await read(t, 'x'.repeat(block - 1)), [], 'it may still become a line')
})
