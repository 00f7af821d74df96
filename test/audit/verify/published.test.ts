import t from 'tap'
import { createKeyRing } from '../../../src/audit/verify/key-ring.ts'
import { createProblems } from '../../../src/audit/verify/problems.ts'
import { createPublishedCheck, notesIn } from '../../../src/audit/verify/published.ts'
import { headOf } from '../../../src/record/chain.ts'
import { newSigner, sampleChain } from '../../support/tampering.ts'

const signer = newSigner()
const chain = sampleChain(signer)

interface Given {
  readonly lines?: readonly string[]
  readonly firstSeq?: number
  readonly keys?: readonly ReturnType<typeof newSigner>[]
  readonly isPart?: boolean
}

function compare(text: string, given: Given = {}) {
  const { lines = chain.lines, firstSeq = 1, keys = [signer], isPart } = given
  const problems = createProblems()
  const ring = createKeyRing(keys.map(({ verifier }) => verifier))
  const published = createPublishedCheck([{ name: 'witness.txt', text }], {
    problems,
    ring,
    ...(isPart !== undefined && { isPart }),
  })
  for (const line of lines) {
    const { seq, digest } = headOf(Buffer.from(line)) ?? { seq: 0, digest: '' }
    published.take(seq, digest)
  }
  const result = published.finish({ firstSeq, lastSeq: lines.length })
  const said = problems.list().map(({ segment, line, seq, code }) => [segment, line, seq, code])
  return { ...result, said, messages: problems.list().map(({ message }) => message) }
}

void t.test('checkpoints from elsewhere are read one behind the other', async (t) => {
  const text = chain.notes.join('')
  t.match(compare(text), { matched: chain.notes.length, before: 0, said: [] })
  t.match(compare(`\n\n${chain.notes.join('\n\n')}`), { matched: chain.notes.length, said: [] })
  t.match(compare(''), { matched: 0, before: 0, said: [] })
  t.match(
    notesIn(text).map(({ line }) => line),
    [1, 6, 11, 16],
  )
})

void t.test('a journal that ends before one was cut off', async (t) => {
  const { said, messages } = compare(chain.notes.join(''), { lines: chain.lines.slice(0, 15) })
  t.strictSame(said, [
    ['witness.txt', 11, 16, 'cut_off'],
    ['witness.txt', 16, 19, 'cut_off'],
  ])
  t.match(messages[1], /the journal ends with 15: entries 16 to 19 were cut off/)
})

void t.test('a part of a journal ends before the journal does', async (t) => {
  const lines = chain.lines.slice(0, 15)
  const { said, matched } = compare(chain.notes.join(''), { lines, isPart: true })
  t.strictSame(said, [])
  t.equal(matched, 2)
})

void t.test('a journal that says otherwise was rewritten', async (t) => {
  const lines = chain.lines.with(5, (chain.lines[5] ?? '').replace('completed', 'failed'))
  t.strictSame(compare(chain.notes[0] ?? '', { lines }).said, [
    ['witness.txt', 1, 6, 'checkpoint_mismatch'],
  ])
})

void t.test('entries that were removed cannot be compared', async (t) => {
  t.match(compare(chain.notes.join(''), { lines: chain.lines, firstSeq: 8 }), {
    matched: 3,
    before: 1,
    said: [],
  })
})

void t.test('what is no checkpoint, or signed by nobody known, is found', async (t) => {
  t.strictSame(compare('rubbish\n').said, [['witness.txt', 1, undefined, 'bad_checkpoint']])
  t.strictSame(compare('rubbish').said, [['witness.txt', 1, undefined, 'bad_checkpoint']])
  const [note = ''] = chain.notes
  const cut = note.split('\n').slice(0, 3).join('\n')
  t.strictSame(compare(`${cut}\n${note}`).said.length, 1, 'a note cut short takes the next with it')
  t.strictSame(compare(note, { keys: [newSigner()] }).said, [['witness.txt', 1, 6, 'unknown_key']])
  const forged = note.replace('\n6\n', '\n7\n')
  t.strictSame(compare(forged).said, [['witness.txt', 1, 7, 'bad_signature']])
})
