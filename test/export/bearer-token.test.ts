import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readBearerToken } from '../../src/export/bearer-token.ts'

t.test('reads a token without the space around it', async (t) => {
  const file = join(t.testdir(), 'token')
  writeFileSync(file, '\n  abc.DEF-_~+/==\r\n')
  t.equal(await readBearerToken(file), 'abc.DEF-_~+/==')
})

const refused: Record<string, string> = {
  empty: ' \n',
  'of two lines': 'hunter2\nx-admin: yes',
  'with a space': 'Bearer hunter2',
  'not ASCII': 'hunter2ü',
}

for (const [name, content] of Object.entries(refused)) {
  t.test(`a file that is ${name} is refused without repeating it`, async (t) => {
    const file = join(t.testdir({ token: content }), 'token')
    const message = `${file} must hold one token of printable ASCII, without spaces`
    await t.rejects(readBearerToken(file), new Error(message))
  })
}

t.test('a file that is not there is named', async (t) => {
  await t.rejects(readBearerToken('/nowhere/token'), { message: /nowhere\/token/ })
})
