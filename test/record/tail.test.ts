import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { advance, genesis, headOf } from '../../src/record/chain.ts'
import { readTail } from '../../src/record/tail.ts'

function chainText(lengths: readonly number[]): string {
  let head = genesis
  return lengths
    .map((length) => {
      const entry = { seq: head.seq + 1, prev: head.digest, pad: 'é'.repeat(length) }
      const line = JSON.stringify(entry)
      head = advance(head, Buffer.from(line))
      return `${line}\n`
    })
    .join('')
}

void t.test('an empty segment has no head and nothing to cut', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file')
  t.strictSame(await readTail(path), { head: undefined, wholeBytes: 0, cutBytes: 0 })
})

void t.test('a whole segment ends with its last line, however long its lines are', async (t) => {
  for (const lengths of [[1], [1, 2], [50_000], [3, 30_000, 32_000], [40_000, 40_000, 5]]) {
    const text = chainText(lengths)
    const path = join(t.testdir({ file: text }), 'file')
    const last = text.trimEnd().split('\n').at(-1)!
    const wholeBytes = Buffer.byteLength(text)
    const head = headOf(Buffer.from(last))
    t.strictSame(await readTail(path), { head, wholeBytes, cutBytes: 0 })
  }
})

void t.test('a last line cut at any byte is what is cut off', async (t) => {
  const bytes = Buffer.from(chainText([3, 4, 5]))
  const path = join(t.testdir(), 'file')
  const kept = Buffer.byteLength(chainText([3, 4]))
  const head = headOf(bytes.subarray(Buffer.byteLength(chainText([3])), kept - 1))
  for (let size = kept; size < bytes.length; size += 1) {
    writeFileSync(path, bytes.subarray(0, size))
    t.strictSame(await readTail(path), { head, wholeBytes: kept, cutBytes: size - kept })
  }
})

void t.test('a segment of nothing but a piece of a line is cut whole', async (t) => {
  const path = join(t.testdir({ file: '{"seq":1,' }), 'file')
  t.strictSame(await readTail(path), { head: undefined, wholeBytes: 0, cutBytes: 9 })
  writeFileSync(path, '{"seq":1,\n{"se')
  t.strictSame(await readTail(path), { head: undefined, wholeBytes: 0, cutBytes: 14 })
})

void t.test(
  'zeros that a crash left are cut off, with or without the newline behind them',
  async (t) => {
    const text = chainText([3, 4])
    const path = join(t.testdir(), 'file')
    for (const torn of ['\0'.repeat(200_000), `${'\0'.repeat(500)}\n`, '\0\n{"seq":']) {
      writeFileSync(path, text + torn)
      const tail = await readTail(path)
      t.match(tail, {
        wholeBytes: Buffer.byteLength(text),
        cutBytes: torn.length,
        head: { seq: 2 },
      })
    }
  },
)

void t.test('damage that no crash leaves is not repaired but reported', async (t) => {
  const text = `${chainText([3])}garbage\nmore garbage\n`
  const path = join(t.testdir({ file: text }), 'file')
  await t.rejects(readTail(path), { message: /damaged before its last line; move it/ })
  t.equal(readFileSync(path, 'utf8'), text)
})
