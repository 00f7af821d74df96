import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createUpstreamCredential } from '../../src/forward/upstream-credential.ts'
import { keptLog, until } from '../support/audit-files.ts'

function present(t: Test, key: string) {
  const file = join(t.testdir({ key }), 'key')
  const { log, lines, messages } = keptLog()
  const credential = createUpstreamCredential({
    credential: { kind: 'api_key_file', file },
    log,
    rereadIntervalMs: 5,
  })
  t.teardown(credential.close)
  return { file, credential, lines, messages }
}

const bearer = (key: string) => [['authorization', `Bearer ${key}`]]

void t.test('without a credential nothing is presented', async (t) => {
  const { log } = keptLog()
  const credential = createUpstreamCredential({ credential: { kind: 'none' }, log })
  t.same(credential.metadata(), [])
  t.doesNotThrow(credential.close)
})

void t.test(
  'an API key is presented as a bearer token, without the white space around it',
  async (t) => {
    t.same(present(t, ' key-1\n').credential.metadata(), bearer('key-1'))
  },
)

void t.test('a key that is rotated is presented from then on', async (t) => {
  const { file, credential } = present(t, 'key-1')
  writeFileSync(file, 'key-2\n')
  await until(() => credential.metadata()[0]?.[1] === 'Bearer key-2')
  t.same(credential.metadata(), bearer('key-2'))
})

for (const [name, spoil] of [
  ['emptied', (file: string) => writeFileSync(file, '\n')],
  ['removed', (file: string) => rmSync(file)],
] as const) {
  void t.test(
    `a key file that is ${name} leaves the old key, and says so without it`,
    async (t) => {
      const { file, credential, lines, messages } = present(t, 'key-1')
      spoil(file)
      await until(() => lines().length > 1)
      t.same(credential.metadata(), bearer('key-1'))
      t.equal(messages()[0], 'the upstream API key could not be read again; the old one stays')
      t.notMatch(JSON.stringify(lines()), 'key-1')
      writeFileSync(file, 'key-2')
      await until(() => credential.metadata()[0]?.[1] === 'Bearer key-2')
      t.pass('it is read again once it is there')
    },
  )
}

for (const key of ['', '  \n', 'two keys', 'two\nlines', 'schlüssel', 'a\0b']) {
  void t.test(`${JSON.stringify(key)} is no key, and is not repeated`, async (t) => {
    const file = join(t.testdir({ key }), 'key')
    const { log } = keptLog()
    t.throws(() => createUpstreamCredential({ credential: { kind: 'api_key_file', file }, log }), {
      message: `${file} must hold one API key, without spaces, and nothing else`,
    })
  })
}

void t.test('a key file that is missing stops the start', async (t) => {
  const { log } = keptLog()
  const credential = { kind: 'api_key_file', file: '/nowhere/key' } as const
  t.throws(() => createUpstreamCredential({ credential, log }), { code: 'ENOENT' })
})

void t.test('the file is left alone once it is closed', async (t) => {
  const { file, credential, lines } = present(t, 'key-1')
  const { log, lines: others } = keptLog()
  const open = createUpstreamCredential({
    credential: { kind: 'api_key_file', file },
    log,
    rereadIntervalMs: 5,
  })
  t.teardown(open.close)
  credential.close()
  rmSync(file)
  await until(() => others().length > 2)
  t.same(lines(), [])
})
