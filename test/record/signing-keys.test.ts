import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { loadSigningKeys, publishVerifierKey } from '../../src/record/signing-keys.ts'
import { keptLog } from '../support/audit-files.ts'

const pem = (kind: 'ed25519' | 'ed448' = 'ed25519') => {
  const { privateKey } = generateKeyPairSync(kind as 'ed25519')
  return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function opened(t: Test, content?: string, mode = 0o600) {
  const directory = t.testdir()
  const keyFile = content === undefined ? undefined : join(directory, 'given.pem')
  if (keyFile !== undefined) {
    writeFileSync(keyFile, content!)
    chmodSync(keyFile, mode)
  }
  const { log, lines } = keptLog()
  const load = (file = keyFile) =>
    loadSigningKeys({ directory, keyFile: file, log }).map((key) =>
      key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    )
  return { directory, keyFile, load, lines }
}

void t.test('without a file, a key is made once, for its owner alone', async (t) => {
  const { directory, load, lines } = opened(t)
  const [made] = load()
  t.strictSame(load(), [made])
  const file = join(directory, 'signing-key.pem')
  t.equal(readFileSync(file, 'utf8'), made)
  t.equal(statSync(file).mode & 0o777, 0o600)
  t.strictSame(readdirSync(directory), ['signing-key.pem'])
  t.strictSame(lines(), [])
})

void t.test('what a crash left of making one is not in the way', async (t) => {
  const { directory, load } = opened(t)
  writeFileSync(join(directory, 'signing-key.pem.new'), '-----BEGIN PRIV')
  t.equal(load().length, 1)
  t.strictSame(readdirSync(directory), ['signing-key.pem'])
})

void t.test('a file may hold several keys; the first signs', async (t) => {
  const [first, second] = [pem(), pem()]
  const { load, lines } = opened(t, `# comment\n${first}\n${second}`)
  t.strictSame(load(), [first, second])
  t.strictSame(lines(), [])
})

void t.test('the key that was made before there was a file comes last', async (t) => {
  const given = pem()
  const { load, directory, keyFile } = opened(t)
  t.equal(keyFile, undefined)
  const [made] = load()
  const file = join(directory, 'given.pem')
  writeFileSync(file, given, { mode: 0o640 })
  t.strictSame(load(file), [given, made])
})

void t.test('a key that everybody may read is told of', async (t) => {
  const { load, lines, keyFile } = opened(t, pem(), 0o644)
  load()
  t.match(lines(), [{ level: 'warn', file: keyFile, msg: /everybody .* can read the signing key/ }])
})

const bad: Record<string, readonly [content: string, message: RegExp]> = {
  nothing: ['', /holds no PEM key; make one with: openssl genpkey -algorithm ed25519 -out/],
  'a key of another kind': [pem('ed448'), /another kind than Ed25519; make one with/],
  'a good key and one of another kind': [pem() + pem('ed448'), /another kind than Ed25519/],
  'a public key': [
    generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' }).toString(),
    /no private key in the clear; make one with/,
  ],
  'half a key': [pem().replace(/MC4C.{20}/, ''), /no private key in the clear/],
}

for (const [name, [content, message]] of Object.entries(bad)) {
  void t.test(`is refused with what to do: ${name}`, async (t) => {
    const { load, keyFile } = opened(t, content)
    t.throws(load, { message })
    t.throws(load, { message: new RegExp(`^${keyFile}`) })
  })
}

void t.test('an error says nothing of what is in the file', async (t) => {
  const { load } = opened(t, '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n')
  t.throws(load, { message: /^(?!.*c2VjcmV0)/s })
  t.throws(() => load('/missing/key.pem'), {
    message: /^cannot read signing key \/missing\/key.pem: .*ENOENT/,
    code: undefined,
  })
})

void t.test('the public half is written beside it, when it is another', async (t) => {
  const { directory } = opened(t)
  const file = join(directory, 'signing-key.pub')
  for (const vkey of ['name+01234567+key', 'other+01234567+key']) {
    publishVerifierKey(directory, vkey)
    const { ino } = statSync(file)
    publishVerifierKey(directory, vkey)
    t.equal(statSync(file).ino, ino)
    t.equal(readFileSync(file, 'utf8'), `${vkey}\n`)
  }
  t.equal(statSync(file).mode & 0o777, 0o644)
  t.strictSame(readdirSync(directory), ['signing-key.pub'])
})
