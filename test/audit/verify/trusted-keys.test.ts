import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { keysBeside, parseKeys, readKeys } from '../../../src/audit/verify/trusted-keys.ts'
import { newSigner } from '../../support/tampering.ts'

const [one, two] = [newSigner('sallyport/one').verifier, newSigner('sallyport/two').verifier]

void t.test('keys are given as they are, or in a file', async (t) => {
  const file = join(t.testdir(), 'keys.txt')
  writeFileSync(file, `# ours\n\n ${two.vkey} \n`)
  t.strictSame(
    readKeys([one.vkey, file]).map(({ vkey }) => vkey),
    [one.vkey, two.vkey],
  )
  t.strictSame(readKeys([]), [])
})

void t.test('what is no key is said to be none, and what to write', async (t) => {
  const file = join(t.testdir(), 'keys.txt')
  const refused = (given: string, why: RegExp) => {
    t.throws(() => readKeys([given]), { name: 'NoAnswer', message: why })
  }
  refused('/nowhere', /--key \/nowhere is no key, nor a file that can be read \(ENOENT\); write/)
  for (const text of ['', 'key\n', `${one.vkey}\nkey\n`, `${one.vkey.replace('one', 'two')}\n`]) {
    writeFileSync(file, text)
    refused(file, /holds something that is no key; write one a line/)
  }
})

void t.test('keys that lie beside a journal are read, if there are any', async (t) => {
  const directory = t.testdir()
  t.strictSame(keysBeside(directory), [])
  writeFileSync(join(directory, 'signing-key.pub'), `${one.vkey}\nrubbish\n`)
  t.match(keysBeside(directory), [{ vkey: one.vkey }])
  t.equal(keysBeside(directory).length, 1)
})

void t.test('a line that is no key is told from one that is none at all', async (t) => {
  t.match(parseKeys(`# comment\n\nx\n${one.vkey}`), [undefined, { vkey: one.vkey }])
})
