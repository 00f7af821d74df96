import t from 'tap'
import { createLineSplitter } from '../../../src/audit/verify/line-splitter.ts'

function split(chunks: readonly (string | Buffer)[]) {
  const lines: [string, number][] = []
  const splitter = createLineSplitter((line, bytes) => void lines.push([line.toString(), bytes]))
  for (const chunk of chunks) splitter.push(Buffer.from(chunk))
  return { lines, rest: splitter.end(), again: splitter.end() }
}

void t.test('lines come whole, however the bytes are cut', async (t) => {
  const text = 'one\n\ntwö\nthree\nfo'
  const expected: [string, number][] = [
    ['one', 4],
    ['', 1],
    ['twö', 5],
    ['three', 6],
  ]
  const bytes = Buffer.from(text)
  for (let size = 1; size <= bytes.length; size += 1) {
    const chunks: Buffer[] = []
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size))
    t.strictSame(split(chunks), { lines: expected, rest: 2, again: 0 }, `${size} at once`)
  }
})

void t.test('bytes that are used again do not change what is kept', async (t) => {
  const lines: string[] = []
  const splitter = createLineSplitter((line) => void lines.push(line.toString()))
  const block = Buffer.from('ab')
  splitter.push(block)
  block.write('cd')
  splitter.push(block)
  splitter.push(Buffer.from('\n'))
  t.strictSame(lines, ['abcd'])
})

void t.test('of a line without end little is kept, and what follows it is read', async (t) => {
  const piece = 'x'.repeat(700_000)
  const { lines, rest } = split([piece, piece, piece, piece, '\nnext\n'])
  t.equal(rest, 0)
  t.equal(lines[0]?.[1], 2_800_001)
  t.ok((lines[0]?.[0].length ?? 0) < 2_200_000)
  t.strictSame(lines[1], ['next', 5])
})
