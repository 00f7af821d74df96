import t from 'tap'
import { readCheckpoint } from '../../../src/audit/verify/checkpoint-entry.ts'
import { parseLine, type ParsedLine } from '../../../src/audit/verify/parsed-line.ts'
import { signNote } from '../../../src/record/signed-note.ts'
import { chainOf, newSigner } from '../../support/tampering.ts'

const signer = newSigner()

function checkpoint(fields: object = {}): ParsedLine {
  const chain = chainOf(signer)
  chain.entry('start')
  const entry = JSON.parse(chain.checkpoint()) as object
  return parseLine(Buffer.from(JSON.stringify({ ...entry, ...fields }))) as ParsedLine
}

void t.test('a checkpoint says what its note says', async (t) => {
  const read = readCheckpoint(checkpoint())
  t.match(read, { statement: { seq: 1, origin: signer.verifier.name }, note: { signatures: [{}] } })
})

const wrong: readonly (readonly [object, RegExp])[] = [
  [{ note: undefined }, /note cannot be read/],
  [{ note: 'text' }, /note cannot be read/],
  [{ note: signNote('text\n', [signer]) }, /note cannot be read/],
  [{ size: 2 }, /size or head/],
  [{ head: 'x' }, /size or head/],
  [{ origin: 'another' }, /origin that is not/],
  [{ decision_id: 'd-1' }, /a field that no checkpoint has: decision_id/],
  [{ key: '00000000' }, /not signed by the key that it names/],
]

for (const [fields, why] of wrong) {
  void t.test(`is wrong: ${Object.keys(fields).join()} ${why.source}`, async (t) => {
    t.match(readCheckpoint(checkpoint(fields)), why)
  })
}

void t.test('a signature in another name than the origin’s is none of it', async (t) => {
  const { note } = checkpoint().entry
  const other = String(note).replace(/— \S+/, '— another')
  t.match(readCheckpoint(checkpoint({ note: other })), /in the name of its origin/)
})
