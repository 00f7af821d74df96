import t from 'tap'
import { parseHandover } from '../../../src/audit/verify/handover.ts'
import { signNote } from '../../../src/record/signed-note.ts'
import { handoverNote, newSigner } from '../../support/tampering.ts'

const signer = newSigner()
const { name, vkey } = signer.verifier
const other = newSigner()

void t.test('a key is named by a note that it has signed', async (t) => {
  const handover = parseHandover(handoverNote(signer, 7, [other]))
  t.match(handover, { origin: name, verifier: { vkey }, seq: 7 })
  t.equal(handover?.note.signatures.length, 2)
})

const title = 'sallyport signing key'
const wrong: Record<string, string> = {
  'no note': 'text',
  'another title': signNote(`another\n${name}\n${vkey}\n7\n`, [signer]),
  'no key': signNote(`${title}\n${name}\nkey\n7\n`, [signer]),
  'no number': signNote(`${title}\n${name}\n${vkey}\nseven\n`, [signer]),
  'entry 0': signNote(`${title}\n${name}\n${vkey}\n0\n`, [signer]),
  'more lines': signNote(`${title}\n${name}\n${vkey}\n7\nmore\n`, [signer]),
  'fewer lines': signNote(`${title}\n${name}\n${vkey}\n`, [signer]),
  'the name of another': signNote(`${title}\nanother\n${vkey}\n7\n`, [signer]),
  'not signed by the key itself': signNote(`${title}\n${name}\n${vkey}\n7\n`, [other]),
  'a forged signature': handoverNote(signer, 7).replace('\n7\n', '\n8\n'),
}

for (const [what, note] of Object.entries(wrong)) {
  void t.test(`names no key: ${what}`, async (t) => {
    t.equal(parseHandover(note), undefined)
  })
}
