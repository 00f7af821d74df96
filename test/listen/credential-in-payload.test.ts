import t from 'tap'
import type { Credential } from '../../src/core/credential.ts'
import { findCredential } from '../../src/listen/credential-in-payload.ts'

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const tokenOf = (claims: object) =>
  `${encode({ alg: 'RS256' })}.${encode(claims)}.${Buffer.from('signature').toString('base64url')}`

const own = tokenOf({ sub: 'me', job_id: '7' })
const caller: Credential = { kind: 'bearer', token: own }
const secret = 'abcdefghij0123456789'

const found: Readonly<Record<string, readonly [message: string, what: string]>> = {
  "the caller's own token": [`x${own}x`, "the message contains the caller's own token"],
  "the caller's own token without its signature": [
    own.slice(0, own.lastIndexOf('.')),
    "the message contains the caller's own token",
  ],
  "another job's token": [
    `"${tokenOf({ iss: 'https://gitlab.com', job_id: '8' })}"`,
    "the message contains a CI job's token",
  ],
  'the shortest token of a job': [tokenOf({ job_id: '' }), "the message contains a CI job's token"],
  'a token that only has a pipeline': [
    tokenOf({ pipeline_id: '1' }),
    "the message contains a CI job's token",
  ],
  "a job's token behind a harmless one": [
    `${tokenOf({ sub: 'x' })} ${tokenOf({ job_project_id: '1' })}`,
    "the message contains a CI job's token",
  ],
  "GitLab's job token": [`glcbt-64_${secret}`, 'the message contains a GitLab token'],
  "GitLab's access token": [`Bearer glpat-${secret}`, 'the message contains a GitLab token'],
  'an access token behind a prefix that is none': [
    `glpat-... glpat-glpat-${secret}`,
    'the message contains a GitLab token',
  ],
}

for (const [name, [message, what]] of Object.entries(found)) {
  void t.test(`${name} is found, and not repeated`, async (t) => {
    t.equal(findCredential(Buffer.from(message), caller), what)
  })
}

const harmless: Readonly<Record<string, string>> = {
  'an empty message': '',
  'a token of somebody else’s, without the claims of a job': tokenOf({ sub: 'x', job: '1' }),
  'the name of a claim in plain text': 'job_id pipeline_id "job_id"',
  'a prefix with too little behind it': `glpat-${secret.slice(1)}`,
  'a prefix with other things behind it': `glpat-${'.'.repeat(20)}`,
  'a header and nothing else': `${encode({ alg: 'RS256' })}.`,
  'a value that begins like a payload': '.eyJ',
}

for (const [name, message] of Object.entries(harmless)) {
  void t.test(`${name} is harmless`, async (t) => {
    t.equal(findCredential(Buffer.from(message), caller), undefined)
  })
}

void t.test('a caller whose token has no payload is not found everywhere', async (t) => {
  const message = Buffer.from('anything')
  t.equal(findCredential(message, { kind: 'bearer', token: 'abc' }), undefined)
  t.equal(findCredential(message, { kind: 'bearer', token: 'abc..def' }), undefined)
  t.equal(findCredential(message, { kind: 'absent' }), undefined)
})

void t.test('the token of each caller is looked for, call after call', async (t) => {
  const other: Credential = { kind: 'bearer', token: tokenOf({ sub: 'somebody else' }) }
  const message = Buffer.from(other.token)
  for (const credential of [other, caller, other]) {
    const what = credential === other ? "the message contains the caller's own token" : undefined
    t.equal(findCredential(message, credential), what)
  }
})

void t.test('only the bytes of the message are looked at, not those around it', async (t) => {
  const around = Buffer.from(`${own} harmless`)
  t.equal(findCredential(around.subarray(own.length), caller), undefined)
})

const size = 4 * 1024 * 1024
const fill = (pattern: string) => Buffer.alloc(size, pattern)
const hostile: Readonly<Record<string, Buffer>> = {
  'payloads that never end': fill('.eyJ'),
  'payloads that are just long enough': fill(`.eyJ${'a'.repeat(15)}`),
  'payloads that go on a little': fill(`.eyJ${'a'.repeat(1000)}`),
  'one giant payload': Buffer.concat([Buffer.from('.eyJ'), fill('a')]),
  'one giant run of base64url': fill('eyJ'),
  dots: fill('.'),
  'prefixes of tokens': fill('glpat-.'),
  'prefixes of both kinds': fill('glcbt-glpat-.'),
  'what is nearly the beginning of a payload': fill('.eyg'),
  'what is nearly the prefix of a token': fill('glpag'),
  "what is nearly the caller's own token": fill(own.split('.')[1]?.slice(0, -1) ?? ''),
}

for (const [name, message] of Object.entries(hostile)) {
  void t.test(`4 MiB of ${name} are looked through in no time`, async (t) => {
    const before = process.cpuUsage()
    findCredential(message, caller)
    const { user, system } = process.cpuUsage(before)
    t.ok(user + system < 1_500_000, `${user + system} µs of the processor`)
  })
}
