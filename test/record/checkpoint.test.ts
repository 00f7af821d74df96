import { createHash } from 'node:crypto'
import t from 'tap'
import { genesis } from '../../src/record/chain.ts'
import { checkpointText, parseCheckpoint } from '../../src/record/checkpoint.ts'

const digest = createHash('sha256').update('a line').digest('hex')
const statement = { origin: 'sallyport/sallyport-0', seq: 4812, digest }
const encoded = Buffer.from(digest, 'hex').toString('base64')

void t.test('a checkpoint is three lines, and reads back as what it says', async (t) => {
  t.equal(checkpointText(statement), `sallyport/sallyport-0\n4812\n${encoded}\n`)
  t.strictSame(parseCheckpoint(checkpointText(statement)), statement)
  const first = { origin: 'o', ...genesis }
  t.strictSame(parseCheckpoint(checkpointText(first)), first)
})

void t.test('further lines are for those who know them', async (t) => {
  t.strictSame(parseCheckpoint(`${checkpointText(statement)}something more\n`), statement)
})

const none: Record<string, string> = {
  nothing: '',
  'no origin': `\n4812\n${encoded}\n`,
  'no size': 'o\n',
  'a size with a zero before it': `o\n012\n${encoded}\n`,
  'a size with a sign': `o\n-1\n${encoded}\n`,
  'a size beyond what numbers can tell apart': `o\n9007199254740993\n${encoded}\n`,
  'no digest': 'o\n1\n',
  'half a digest': `o\n1\n${encoded.slice(0, 20)}\n`,
  'a digest with something in between': `o\n1\n${encoded.slice(0, 9)}!${encoded.slice(9)}\n`,
  'a digest in the URL’s alphabet': `o\n1\n${Buffer.alloc(32, 0xfb).toString('base64url')}\n`,
  'no newline at the end': `o\n1\n${encoded}`,
}

for (const [name, text] of Object.entries(none)) {
  void t.test(`is no checkpoint: ${name}`, async (t) => {
    t.equal(parseCheckpoint(text), undefined)
  })
}
