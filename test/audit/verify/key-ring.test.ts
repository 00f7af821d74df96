import t from 'tap'
import { parseHandover, type Handover } from '../../../src/audit/verify/handover.ts'
import { createKeyRing } from '../../../src/audit/verify/key-ring.ts'
import { parseNote, signNote, type Note, type NoteSigner } from '../../../src/record/signed-note.ts'
import { handoverNote, newSigner } from '../../support/tampering.ts'

const [first, second, third] = [newSigner(), newSigner(), newSigner()]

function handover(to: NoteSigner, ...others: NoteSigner[]): Handover {
  return parseHandover(handoverNote(to, 1, others)) as Handover
}

function noteBy(...signers: NoteSigner[]): Note {
  return parseNote(signNote('text\n', signers)) as Note
}

const trusts = (ring: ReturnType<typeof createKeyRing>) => ring.keys().map(({ trust }) => trust)

void t.test('without keys the first that is named is trusted, and no other', async (t) => {
  const ring = createKeyRing([])
  t.equal(ring.check(noteBy(first)), 'unknown')
  t.equal(ring.takeOver(handover(first)), true)
  t.equal(ring.check(noteBy(first)), 'held')
  t.equal(ring.takeOver(handover(second)), false)
  t.equal(ring.check(noteBy(second)), 'unknown')
  t.strictSame(trusts(ring), ['first_use'])
})

void t.test('a key hands over to the next, and then counts no more', async (t) => {
  const ring = createKeyRing([first.verifier])
  t.equal(ring.check(noteBy(first)), 'held')
  t.equal(ring.takeOver(handover(second, first)), true)
  t.equal(ring.check(noteBy(second)), 'held')
  t.equal(ring.check(noteBy(first)), 'replaced')
  t.equal(ring.check(noteBy(first, second)), 'held')
  t.equal(ring.checkAnyTime(noteBy(first)), 'held')
  t.equal(ring.takeOver(handover(third, first)), false, 'nor does it vouch')
  t.equal(ring.takeOver(handover(third, second)), true)
  t.strictSame(trusts(ring), ['given', 'vouched', 'vouched'])
})

void t.test(
  'a key may be named again by itself, and come back only if the last one says so',
  async (t) => {
    const ring = createKeyRing([])
    ring.takeOver(handover(first))
    t.equal(ring.takeOver(handover(first)), true)
    ring.takeOver(handover(second, first))
    t.equal(ring.takeOver(handover(first)), false, 'it may have been stolen')
    t.equal(ring.check(noteBy(first)), 'replaced')
    t.equal(ring.takeOver(handover(first, second)), true)
    t.equal(ring.check(noteBy(first)), 'held')
    t.equal(ring.keys().length, 2)
  },
)

void t.test('keys that were given need nobody to vouch for them', async (t) => {
  const ring = createKeyRing([first.verifier, second.verifier])
  t.equal(ring.takeOver(handover(second)), true)
  t.equal(ring.check(noteBy(first)), 'replaced')
  t.equal(ring.takeOver(handover(first)), true)
  t.equal(ring.check(noteBy(first)), 'held')
})

void t.test('a key that was given does not come back by itself once it was replaced', async (t) => {
  for (const given of [[first.verifier], [first.verifier, second.verifier]]) {
    const ring = createKeyRing(given)
    ring.takeOver(handover(first))
    t.equal(ring.takeOver(handover(second, first)), true)
    t.equal(ring.takeOver(handover(first)), false, 'it may have been stolen since')
    t.equal(ring.check(noteBy(first)), 'replaced')
    t.equal(ring.takeOver(handover(first, second)), true, 'the one in force lets it')
    t.equal(ring.check(noteBy(first)), 'held')
  }
})

void t.test(
  'of several keys that were given, the first that signs is the one that signs',
  async (t) => {
    const ring = createKeyRing([first.verifier, second.verifier])
    t.equal(ring.checkAnyTime(noteBy(second)), 'held', 'a note from elsewhere says nothing of here')
    t.equal(ring.check(noteBy(first)), 'held')
    t.equal(ring.check(noteBy(second)), 'replaced', 'a key of another replica does not sign here')
    t.equal(ring.takeOver(handover(second, first)), true)
    t.equal(ring.check(noteBy(second)), 'held')
  },
)

void t.test('a signature that does not hold is forged', async (t) => {
  const ring = createKeyRing([first.verifier])
  const note = { ...noteBy(first), text: 'another\n' }
  t.equal(ring.check(note), 'forged')
  t.equal(ring.checkAnyTime(note), 'forged')
  t.equal(ring.takeOver({ ...handover(second, first), note }), false)
})

void t.test('keys from elsewhere are trusted like the first that is named', async (t) => {
  const ring = createKeyRing([])
  ring.trust([first.verifier])
  t.equal(ring.check(noteBy(first)), 'held')
  t.equal(ring.takeOver(handover(second)), false)
  t.equal(ring.takeOver(handover(second, first)), true)
  t.strictSame(trusts(ring), ['first_use', 'vouched'])
})
