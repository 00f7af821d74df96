import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import {
  noteSigner,
  noteSigners,
  parseNote,
  parseVerifierKey,
  signNote,
} from '../../src/record/signed-note.ts'

/** The example of Go's golang.org/x/mod/sumdb/note package: its key, text and signature. */
const goVerifierKey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const goText =
  'If you think cryptography is the answer to your problem,\n' +
  'then you don’t know what your problem is.\n'
const goSignature =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n'

const { privateKey } = generateKeyPairSync('ed25519')
const signer = noteSigner('sallyport/a', privateKey)
const other = noteSigner('sallyport/b', generateKeyPairSync('ed25519').privateKey)
const text = 'origin\n7\nAAAA\n'

void t.test('a note that Go has signed holds', async (t) => {
  const verifier = parseVerifierKey(goVerifierKey)!
  t.match(verifier, { name: 'PeterNeumann', keyId: 'c74f20a3', vkey: goVerifierKey })
  // The example's apostrophe is ASCII.
  const note = parseNote(`${goText.replace('’', "'")}\n${goSignature}`)!
  t.strictSame(noteSigners(note, [verifier]), [verifier])
})

void t.test('what is signed holds, and reads back', async (t) => {
  const note = signNote(text, [signer, other])
  t.match(note, /^origin\n7\nAAAA\n\n— sallyport\/a \S+\n— sallyport\/b \S+\n$/)
  const parsed = parseNote(note)!
  t.equal(parsed.text, text)
  t.same(
    parsed.signatures.map(({ name }) => name),
    ['sallyport/a', 'sallyport/b'],
  )
  t.strictSame(noteSigners(parsed, [other.verifier, signer.verifier]), [
    signer.verifier,
    other.verifier,
  ])
  t.strictSame(noteSigners(parsed, [other.verifier]), [other.verifier], 'strangers do no harm')
  t.strictSame(noteSigners(parsed, []), [])
})

void t.test('one signature that does not hold spoils the note', async (t) => {
  const note = signNote(text, [signer, other])
  for (const changed of [note.replace('\n7\n', '\n8\n'), note.replace(/A=\n$|.=\n$/, 'B=\n')]) {
    const known = [signer.verifier, other.verifier]
    t.strictSame(noteSigners(parseNote(changed)!, known), [], JSON.stringify(changed))
  }
  const stolen = signNote(text, [other]).replace('sallyport/b', 'sallyport/a')
  t.strictSame(
    noteSigners(parseNote(stolen)!, [signer.verifier]),
    [],
    'the name is part of the key',
  )
})

void t.test('a key goes through its text', async (t) => {
  const { vkey, keyId } = signer.verifier
  t.match(vkey, /^sallyport\/a\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/)
  const read = parseVerifierKey(vkey)!
  t.match(read, { name: 'sallyport/a', keyId, vkey })
  t.strictSame(noteSigners(parseNote(signNote(text, [signer]))!, [read]), [read])
})

void t.test('what is no key that is known here is none', async (t) => {
  const { vkey } = signer.verifier
  const [name, id, key] = /^([^+]+)\+([^+]+)\+(.+)$/.exec(vkey)!.slice(1) as [
    string,
    string,
    string,
  ]
  const bytes = Buffer.from(key, 'base64')
  const another = Buffer.concat([Buffer.of(2), bytes.subarray(1)]).toString('base64')
  for (const text of [
    '',
    name,
    `${name}+${id}`,
    `${name}+00000000+${key}`,
    `${name} x+${id}+${key}`,
    `${name}+${id}+${another}`,
    `${name}+${id}+${bytes.subarray(0, 32).toString('base64')}`,
    `${name}+${id}+${key} `,
  ]) {
    t.equal(parseVerifierKey(text), undefined, text)
  }
})

void t.test('what is no note is none', async (t) => {
  const note = signNote(text, [signer])
  for (const broken of [
    '',
    text,
    `${text}\n`,
    note.slice(0, -1),
    note.replace('— ', '- '),
    note.replace('sallyport/a ', 'sally+port '),
    `${text}\n— sallyport/a AAAA\n`,
    `${note}more\n`,
  ]) {
    t.equal(parseNote(broken), undefined, JSON.stringify(broken))
  }
})

void t.test('only Ed25519 signs, and only under a name that notes can carry', async (t) => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  t.throws(() => noteSigner('a', rsa), { message: /Ed25519 keys, not rsa/ })
  for (const name of ['', 'a b', 'a+b', 'a\n']) {
    t.throws(() => noteSigner(name, privateKey), { message: /no spaces and no plus sign/ })
  }
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' })
  const again = noteSigner('sallyport/a', createPrivateKey(pem))
  t.equal(again.verifier.vkey, signer.verifier.vkey)
})
