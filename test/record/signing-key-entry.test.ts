import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { genesis } from '../../src/record/chain.ts'
import { finishing } from '../../src/record/late-entry.ts'
import { createLines } from '../../src/record/line.ts'
import { noteSigner, noteSigners, parseNote } from '../../src/record/signed-note.ts'
import { isHandedOver, signingKeyEntry, signingOf } from '../../src/record/signing-key-entry.ts'

const newKey = () => generateKeyPairSync('ed25519').privateKey
const [one, two, three] = [newKey(), newKey(), newKey()]
const replica = 'sallyport-0'
const byDefault = { origin: undefined, replica }
const lastOf = (origin: string, key: typeof two) => ({
  origin,
  keyId: noteSigner(origin, key).verifier.keyId,
})

function written(signing: Parameters<typeof signingKeyEntry>[0]) {
  const encode = finishing(
    createLines({ replica, version: 'v', writeId: (out) => out.ascii('id') }),
  )
  const entry = signingKeyEntry(signing, Date.parse('2026-11-23T09:14:02.113Z'))
  const { bytes } = encode({ ...genesis, seq: 6 }, [entry])
  return JSON.parse(Buffer.from(bytes).toString()) as Record<string, string>
}

void t.test('a new journal is signed under the name of its replica', async (t) => {
  const signing = signingOf([one, two], undefined, byDefault)
  t.match(signing, { origin: 'sallyport/sallyport-0', previous: undefined, witnesses: [] })
  t.ok(isHandedOver(signing))
  const odd = signingOf([one], undefined, { origin: undefined, replica: 'my host+1' })
  t.equal(odd.origin, 'sallyport/my-host-1')
})

void t.test('the name of a journal stays when its host is called otherwise', async (t) => {
  const last = lastOf('sallyport/old-host', one)
  t.match(signingOf([one], last, byDefault), { origin: last.origin, previous: undefined })
})

void t.test('the entry names the key, signed by itself', async (t) => {
  const signing = signingOf([one], undefined, byDefault)
  const { signer } = signing
  const { note, ...entry } = written(signing)
  t.match(entry, {
    seq: 7,
    time: '2026-11-23T09:14:02.113Z',
    kind: 'signing_key',
    vkey: signer.verifier.vkey,
    key: signer.verifier.keyId,
  })
  t.notOk('previous_key' in entry)
  const parsed = parseNote(note!)!
  const { vkey } = signer.verifier
  t.equal(parsed.text, `sallyport signing key\nsallyport/sallyport-0\n${vkey}\n7\n`)
  t.strictSame(noteSigners(parsed, [signer.verifier]), [signer.verifier])
})

void t.test('another key is signed by the one before, where that is there', async (t) => {
  const last = lastOf('sallyport/sallyport-0', two)
  const signing = signingOf([one, two, three], last, byDefault)
  t.ok(isHandedOver(signing))
  const { note, ...entry } = written(signing)
  t.match(entry, { key: signing.signer.verifier.keyId, previous_key: last.keyId })
  const before = noteSigner(last.origin, two).verifier
  const oldest = noteSigner(last.origin, three).verifier
  const known = [signing.signer.verifier, before, oldest]
  t.same(
    noteSigners(parseNote(note!)!, known).map(({ keyId }) => keyId),
    known.map(({ keyId }) => keyId),
  )
})

void t.test('the same key under another name signs the change under the old one', async (t) => {
  const last = lastOf('sallyport/sallyport-0', one)
  const signing = signingOf([one], last, { origin: 'audit.acme.example', replica })
  t.match(signing, { origin: 'audit.acme.example', previous: last })
  t.ok(isHandedOver(signing))
  const before = noteSigner(last.origin, one).verifier
  t.equal(noteSigners(parseNote(written(signing)['note']!)!, [before]).length, 1)
})

void t.test('a key whose predecessor is gone is not handed over', async (t) => {
  const signing = signingOf([one], lastOf('sallyport/sallyport-0', two), byDefault)
  t.notOk(isHandedOver(signing))
  t.strictSame(signing.witnesses, [])
  t.match(written(signing), { previous_key: lastOf('sallyport/sallyport-0', two).keyId })
})

void t.test('a name that notes cannot carry is refused', async (t) => {
  t.throws(() => signingOf([one], undefined, { origin: 'a b', replica }), { message: /no spaces/ })
})
