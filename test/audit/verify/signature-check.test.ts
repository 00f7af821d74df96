import t from 'tap'
import { createKeyRing } from '../../../src/audit/verify/key-ring.ts'
import { parseLine, type ParsedLine } from '../../../src/audit/verify/parsed-line.ts'
import { createProblems } from '../../../src/audit/verify/problems.ts'
import { createSignatureCheck } from '../../../src/audit/verify/signature-check.ts'
import { checkpointText } from '../../../src/record/checkpoint.ts'
import type { NoteVerifier } from '../../../src/record/signed-note.ts'
import { chainOf, newSigner } from '../../support/tampering.ts'

const [first, second] = [newSigner(), newSigner()]
type Chain = ReturnType<typeof chainOf>

/** Checks the signatures of a chain, and returns what was said as `line code`. */
function check(make: (chain: Chain) => void, keys: readonly NoteVerifier[] = []) {
  const chain = chainOf(first)
  make(chain)
  const problems = createProblems()
  const handovers: number[] = []
  const ring = createKeyRing(keys)
  const onHandover = (_: string, seq: number) => void handovers.push(seq)
  const signatures = createSignatureCheck({ problems, ring, onHandover })
  const held: number[] = []
  for (const text of chain.lines) {
    const line = parseLine(Buffer.from(text)) as ParsedLine
    const { seq } = line
    const place = { segment: 's', line: seq, seq, order: seq }
    if (line.kind === 'signing_key') signatures.signingKey(line, place)
    else if (line.kind === 'checkpoint' && signatures.checkpoint(line, line.prev, place)) {
      held.push(seq)
    }
  }
  const signed = signatures.finish()
  const said = problems.list().map(({ line, code }) => `${line} ${code}`)
  return { said, held, handovers, signed, messages: problems.list().map(({ message }) => message) }
}

void t.test('checkpoints hold, and say how far a chain is signed', async (t) => {
  const { said, held, handovers, signed } = check((chain) => {
    chain.entry('start')
    chain.signingKey()
    chain.checkpoint()
    chain.entry('stop')
    chain.checkpoint()
    chain.entry('start')
  })
  t.strictSame([said, held, handovers], [[], [3, 5], [2]])
  t.match(signed, { checkpoints: 2, through: 4, seq: 5, time: '2026-11-23T09:00:04.000Z' })
})

void t.test('another key signs once the one before has said so', async (t) => {
  const { said, held, handovers } = check((chain) => {
    chain.signingKey()
    chain.checkpoint()
    chain.signingKey(second, [first])
    chain.checkpoint()
  })
  t.strictSame([said, held, handovers], [[], [2, 4], [1, 3]])
})

void t.test('a key that nobody vouches for is one problem', async (t) => {
  const { said, held, messages } = check((chain) => {
    chain.signingKey()
    chain.checkpoint()
    chain.signingKey(second)
    chain.checkpoint()
    chain.checkpoint()
  })
  t.strictSame([said, held], [['3 unknown_key'], [2]])
  t.match(messages, [/names key sallyport\/test\+\w{8}, which no trusted .*first of 3 entries/])
})

void t.test('nor is a checkpoint by such a key trusted', async (t) => {
  const { said, messages } = check(
    (chain) => {
      chain.signingKey()
      chain.checkpoint()
    },
    [second.verifier],
  )
  t.strictSame(said, ['1 unknown_key'])
  t.match(messages, [/give it with --key/])
  t.strictSame(check((chain) => chain.checkpoint()).said, ['1 unknown_key'])
})

void t.test('what a trusted key signs later needs no other', async (t) => {
  const { said, held, signed } = check(
    (chain) => {
      chain.signingKey()
      chain.checkpoint()
      chain.signingKey(second, [first])
      chain.checkpoint()
    },
    [second.verifier],
  )
  t.strictSame([said, held], [[], [4]])
  t.match(signed, { superseded: 2 })
})

void t.test('a key that was replaced signs no more', async (t) => {
  const { said } = check((chain) => {
    chain.signingKey()
    chain.signingKey(second, [first])
    chain.signingKey(first)
    chain.checkpoint()
  })
  t.strictSame(said, ['3 unknown_key', '4 replaced_key'])
})

void t.test('a checkpoint that does not fit the chain is found', async (t) => {
  const { said, messages } = check((chain) => {
    chain.signingKey()
    chain.checkpoint()
    chain.entry('stop')
    const note = chain.checkpoint()
    const { size, head, origin, key, note: text } = JSON.parse(note) as Record<string, unknown>
    chain.entry('checkpoint', { size, head, origin, key, note: text })
  })
  t.strictSame(said, ['5 checkpoint_mismatch'])
  t.match(messages, [/does not fit what is before it/])
})

void t.test('one with the right number and another digest is found', async (t) => {
  const problems = createProblems()
  const signatures = createSignatureCheck({ problems, ring: createKeyRing([first.verifier]) })
  const chain = chainOf(first)
  chain.entry('start')
  const line = parseLine(Buffer.from(chain.checkpoint())) as ParsedLine
  const place = { segment: 's', line: 2, seq: 2, order: 2 }
  t.equal(signatures.checkpoint(line, '0'.repeat(64), place), false)
  t.match(problems.list(), [{ code: 'checkpoint_mismatch', message: /entries 1 to 1 was changed/ }])
})

void t.test('a signature that does not hold is found', async (t) => {
  const { name, keyId } = first.verifier
  const { said } = check((chain) => {
    chain.signingKey()
    const { seq, digest } = chain.head()
    const text = checkpointText({ origin: name, seq, digest })
    const note = `${text}\n${first.signatureOf('another text\n')}`
    chain.entry('checkpoint', { size: seq, head: digest, origin: name, key: keyId, note })
  })
  t.strictSame(said, ['2 bad_signature'])
})

void t.test('notes that cannot be read, or are about something else, are found', async (t) => {
  const { vkey, keyId } = first.verifier
  const { said } = check((chain) => {
    chain.entry('checkpoint', { note: 'text' })
    chain.entry('signing_key', { note: 'text' })
    chain.entry('signing_key', {})
    const { note } = JSON.parse(chainOf(first).signingKey()) as { note: string }
    chain.entry('signing_key', { vkey, key: keyId, note })
  })
  t.strictSame(said, [
    '1 bad_checkpoint',
    '2 bad_signing_key',
    '3 bad_signing_key',
    '4 bad_signing_key',
  ])
  const { note } = JSON.parse(chainOf(first).signingKey()) as { note: string }
  for (const fields of [
    { vkey: second.verifier.vkey, key: keyId },
    { vkey, key: 'x' },
  ]) {
    const other = check((chain) => chain.entry('signing_key', { ...fields, note }))
    t.strictSame(other.said, ['1 bad_signing_key'])
  }
})
