import { createHash } from 'node:crypto'
import t from 'tap'
import { createBundleFiles } from '../../../src/audit/bundle/bundle-files.ts'

function collect() {
  const told: string[] = []
  const files = createBundleFiles({
    begin: (segment) => void told.push(`begin ${segment}`),
    bytes: (bytes) => void told.push(bytes.toString()),
    end: () => void told.push('end'),
  })
  const add = (name: string, text: string) => {
    files.visitor.begin({ name, bytes: Buffer.byteLength(text) })
    for (const piece of text) files.visitor.bytes(Buffer.from(piece))
    files.visitor.end()
  }
  return { files, add, told }
}

const sum = (text: string) => createHash('sha256').update(text).digest('hex')

void t.test('small files are kept, and entries handed on', async (t) => {
  const { files, add, told } = collect()
  add('README.txt', 'ré')
  add('entries/000000000007.jsonl', 'xy')
  add('entries/7.jsonl', 'z')
  add('empty', '')
  t.equal(files.text('README.txt'), 'ré')
  t.equal(files.text('entries/7.jsonl'), 'z')
  t.equal(files.text('empty'), '')
  t.equal(files.text('nowhere'), '')
  t.strictSame(told, ['begin 000000000007.jsonl', 'x', 'y', 'end'])
  t.strictSame(
    [...files.sums()],
    [
      ['README.txt', { bytes: 3, sha256: sum('ré') }],
      ['entries/000000000007.jsonl', { bytes: 2, sha256: sum('xy') }],
      ['entries/7.jsonl', { bytes: 1, sha256: sum('z') }],
      ['empty', { bytes: 0, sha256: sum('') }],
    ],
  )
  t.strictSame(files.doubles(), [])
})

void t.test('a name that comes twice is noticed', async (t) => {
  const { files, add } = collect()
  add('one', 'a')
  add('one', 'b')
  t.strictSame(files.doubles(), ['one'])
})

void t.test('small files that are large are refused before they are read', async (t) => {
  const { files } = collect()
  const bytes = 40 * 1024 ** 2
  files.visitor.begin({ name: 'one', bytes })
  files.visitor.end()
  t.throws(() => files.visitor.begin({ name: 'two', bytes }), /two is too large for a bundle/)
  t.doesNotThrow(() => files.visitor.begin({ name: 'entries/000000000001.jsonl', bytes: 10 ** 9 }))
})
