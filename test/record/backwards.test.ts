import { writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { linesBackwards, readBlock } from '../../src/record/backwards.ts'

async function linesOf(path: string): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of linesBackwards(path)) lines.push(line.toString())
  return lines
}

const block = 256 * 1024
const long = (length: number) => 'x'.repeat(length)

const files: Record<string, readonly string[]> = {
  'nothing at all': [],
  'one line': ['one'],
  'lines of every length': ['', 'a', '', 'bc', 'def', ''],
  'nothing but ends': ['', '', ''],
  'a line that ends with a block': ['first', long(block - 1)],
  'a line that begins with a block': ['first', 'second', long(block - 7)],
  'a line longer than two blocks': ['first', long(2 * block + 5), 'third'],
  'many blocks': Array.from({ length: 30_000 }, (_, number) => `line ${number}`),
}

for (const [name, lines] of Object.entries(files)) {
  void t.test(`from the last to the first: ${name}`, async (t) => {
    const text = lines.map((line) => `${line}\n`).join('')
    const path = join(t.testdir({ file: text }), 'file')
    t.strictSame(await linesOf(path), lines.toReversed())
    for (const torn of ['x', long(block), long(2 * block + 3)]) {
      writeFileSync(path, text + torn)
      t.strictSame(await linesOf(path), lines.toReversed(), 'half a line is none')
    }
  })
}

void t.test('reading can end before the first line', async (t) => {
  const path = join(t.testdir({ file: 'one\ntwo\n' }), 'file')
  for await (const line of linesBackwards(path)) {
    t.equal(line.toString(), 'two')
    break
  }
  await t.rejects(linesOf(join(path, 'missing')), { code: 'ENOTDIR' })
})

void t.test('a block ends where the file ends', async (t) => {
  const file = await open(join(t.testdir({ file: 'abcdef' }), 'file'))
  t.equal((await readBlock(file, 1, 3)).toString(), 'bc')
  t.equal((await readBlock(file, 4, 99)).toString(), 'ef')
  await file.close()
})
