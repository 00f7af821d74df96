import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readSecrets, signatureHeaders } from '../../src/export/webhook-secret.ts'

t.test('signs as the example of Standard Webhooks does', async (t) => {
  const file = join(t.testdir(), 'secret')
  writeFileSync(file, 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n')
  const secrets = await readSecrets(file)
  const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
  t.same(signatureHeaders(secrets, { id, timestamp: 1614265330, body: '{"test": 2432232314}' }), {
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

t.test('several secrets all sign, and a text is its own bytes', async (t) => {
  const text = 'a secret that is long enough'
  const whsec = `whsec_${Buffer.from(text).toString('base64')}`
  const file = join(t.testdir({ secret: `\n  ${text}\r\n${whsec}\n\n` }), 'secret')
  const secrets = await readSecrets(file)
  t.same(secrets.map(String), [text, text])
  const { 'webhook-signature': signature = '' } = signatureHeaders(secrets, {
    id: 'a',
    timestamp: 1,
    body: 'ü',
  })
  const [one, other] = signature.split(' ')
  t.match(one, /^v1,[A-Za-z0-9+/]{43}=$/)
  t.equal(one, other)
})

const refused: Record<string, string> = {
  empty: '',
  'only space': ' \n\n',
  'too short': 'whsec_c2hvcnQ=',
  'too short, as a text': 'hunter2',
  'one of two too short': `${'x'.repeat(24)}\nhunter2`,
}

for (const [name, content] of Object.entries(refused)) {
  t.test(`a file with secrets that is ${name} is refused without repeating it`, async (t) => {
    const file = join(t.testdir({ secret: content }), 'secret')
    const problem = await readSecrets(file).then(
      () => '',
      ({ message }: Error) => message,
    )
    t.ok(problem.startsWith(`${file} must hold secrets of 24 bytes or more`))
    t.notMatch(problem, /hunter2|c2hvcnQ/)
  })
}

t.test('a file that is not there is named', async (t) => {
  await t.rejects(readSecrets('/nowhere/secret'), { code: 'ENOENT', message: /nowhere\/secret/ })
})
