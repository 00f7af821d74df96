import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { checkService } from '../../src/config/check-service.ts'
import { serviceShape } from '../../src/config/service-shape.ts'
import { contentOf, linesOf } from '../support/config-text.ts'

const directory = t.testdir({ 'tls.crt': 'a', 'tls.key': 'b', 'empty.pem': '' })

const good = `version: 1
listen: { address: 0.0.0.0:7443, tls: { cert_file: tls.crt, key_file: tls.key } }
upstream: { address: temporal:7233, tls: { ca_file: tls.crt } }
issuers:
  gitlab: { kind: gitlab, url: https://gitlab.com, audience: us }
policy: not-there.yaml
audit: { directory: ./not-there }
`

function problemsOf(text: string): string[] {
  const { yaml, content } = contentOf(text, serviceShape)
  return linesOf(checkService(yaml, content, directory))
}

void t.test(
  'a good file has no problems, though the policy and the audit are not there yet',
  async (t) => {
    t.strictSame(problemsOf(good), [])
    t.strictSame(problemsOf(good.replace('tls: { ca_file: tls.crt }', 'plaintext: true')), [])
    const key = join(directory, 'tls.key')
    t.strictSame(problemsOf(good.replace('key_file: tls.key', `key_file: ${key}`)), [])
  },
)

const listenTls = 'tls: { cert_file: tls.crt, key_file: tls.key }'
const upstreamTls = 'tls: { ca_file: tls.crt }'

/** A change of the good file, and the problems that come of it. */
const changes: [from: string, to: string, lines: readonly string[]][] = [
  [
    listenTls,
    `${listenTls}, plaintext: true`,
    ['f:2:9 listen: has both tls and plaintext; keep one of them [transport-choice]'],
  ],
  [
    `, ${listenTls}`,
    '',
    [
      'f:2:9 listen: says neither tls nor plaintext; write tls: { cert_file, key_file }, or plaintext: true to go without [transport-choice]',
    ],
  ],
  [
    upstreamTls,
    `${upstreamTls}, plaintext: true`,
    ['f:3:11 upstream: has both tls and plaintext; keep one of them [transport-choice]'],
  ],
  [
    `, ${upstreamTls}`,
    '',
    [
      'f:3:11 upstream: says neither tls nor plaintext; write tls: {} for TLS, or plaintext: true to go without [transport-choice]',
    ],
  ],
  [
    upstreamTls,
    'tls: { cert_file: tls.crt }',
    [
      'f:3:42 upstream.tls: has one of cert_file and key_file; mutual TLS needs both [mutual-tls-incomplete]',
    ],
  ],
  [
    upstreamTls,
    'tls: { key_file: tls.key }',
    [
      'f:3:42 upstream.tls: has one of cert_file and key_file; mutual TLS needs both [mutual-tls-incomplete]',
    ],
  ],
  [upstreamTls, 'tls: { cert_file: tls.crt, key_file: tls.key }', []],
  [
    upstreamTls,
    'plaintext: true, credential: { api_key_file: tls.key }',
    [
      'f:3:66 upstream.credential: would cross the network in clear; use tls instead of plaintext [credential-in-clear]',
    ],
  ],
  [upstreamTls, 'tls: {}, credential: { api_key_file: tls.key }', []],
  [
    upstreamTls,
    'tls: {}, credential: { api_key_file: gone }',
    [
      'f:3:74 upstream.credential.api_key_file: names DIR/gone, which cannot be read (ENOENT) [file-unreadable]',
    ],
  ],
  [
    'key_file: tls.key',
    'key_file: empty.pem',
    ['f:2:71 listen.tls.key_file: names DIR/empty.pem, which is empty [file-unreadable]'],
  ],
  [
    'key_file: tls.key',
    'key_file: .',
    ['f:2:71 listen.tls.key_file: names DIR, which cannot be read (EISDIR) [file-unreadable]'],
  ],
  [
    'cert_file: tls.crt',
    'cert_file: gone.crt',
    [
      'f:2:52 listen.tls.cert_file: names DIR/gone.crt, which cannot be read (ENOENT) [file-unreadable]',
    ],
  ],
  [
    'ca_file: tls.crt',
    'ca_file: gone.crt',
    [
      'f:3:53 upstream.tls.ca_file: names DIR/gone.crt, which cannot be read (ENOENT) [file-unreadable]',
    ],
  ],
  [
    'audience: us',
    'audience: us, jwks_file: gone, ca_file: lost',
    [
      'f:5:77 issuers.gitlab.jwks_file: names DIR/gone, which cannot be read (ENOENT) [file-unreadable]',
      'f:5:92 issuers.gitlab.ca_file: names DIR/lost, which cannot be read (ENOENT) [file-unreadable]',
    ],
  ],
  [
    'audience: us',
    'audience: us, jwks_file: tls.crt, jwks_uri: https://a',
    ['f:5:11 issuers.gitlab: has both jwks_uri and jwks_file; keep one of them [keys-ambiguous]'],
  ],
  [
    'policy:',
    '  twin: { kind: gitlab, url: https://gitlab.com, audience: them }\npolicy:',
    [
      'f:6:30 issuers.twin.url: is the url of an earlier issuer; a token could not tell them apart [issuer-duplicate]',
    ],
  ],
]

const login = `ops: { review: { login: { issuer: gitlab, client_id: a1, client_secret_file: tls.key, url: https://a } } }\naudit:`

changes.push(
  ['audit:', login, []],
  [
    'audit:',
    login.replace('issuer: gitlab', 'issuer: gitlub'),
    [
      'f:7:35 ops.review.login.issuer: is gitlub, which is not among issuers; did you mean gitlab? [login-issuer-unknown]',
    ],
  ],
  [
    'audit:',
    login.replace('issuer: gitlab', 'issuer: elsewhere'),
    [
      'f:7:35 ops.review.login.issuer: is elsewhere, which is not among issuers; write one of gitlab [login-issuer-unknown]',
    ],
  ],
  [
    'audit:',
    login.replace('client_id: a1', 'client_id: us'),
    [
      'f:7:54 ops.review.login.client_id: is the audience of job tokens too; write the id of an application for the login [login-audience-shared]',
    ],
  ],
  [
    'audit:',
    login.replace('file: tls.key', 'file: gone'),
    [
      'f:7:78 ops.review.login.client_secret_file: names DIR/gone, which cannot be read (ENOENT) [file-unreadable]',
    ],
  ],
  [
    './not-there }',
    './not-there, exports: { a: { to: webhook, url: https://a, secret_file: gone } } }',
    [
      'f:7:92 audit.exports.a.secret_file: names DIR/gone, which cannot be read (ENOENT) [file-unreadable]',
    ],
  ],
  [
    './not-there }',
    './not-there, exports: { a: { to: syslog, address: "a:6514", cert_file: tls.crt } } }',
    [
      'f:7:48 audit.exports.a: has one of cert_file and key_file; mutual TLS needs both [mutual-tls-incomplete]',
    ],
  ],
  [
    './not-there }',
    './not-there, checkpoints: { witnesses: [{ webhook: https://a, secret_file: empty.pem }] } }',
    [
      'f:7:96 audit.checkpoints.witnesses[0].secret_file: names DIR/empty.pem, which is empty [file-unreadable]',
    ],
  ],
  ['./not-there }', './not-there, checkpoints: { witnesses: [{ file: not-there-yet }] } }', []],
)

for (const [from, to, lines] of changes) {
  void t.test(`with ${JSON.stringify(to)} it has ${lines.length} problems`, async (t) => {
    t.ok(good.includes(from))
    const expected = lines.map((line) => line.replace('DIR', directory))
    t.strictSame(problemsOf(good.replace(from, to)), expected)
  })
}

void t.test('every problem comes at once', async (t) => {
  const text = good
    .replace(listenTls, 'tls: { cert_file: gone, key_file: lost }, plaintext: true')
    .replace(upstreamTls, 'tls: { key_file: gone }')
  t.equal(problemsOf(text).length, 5)
})

void t.test(
  'a file that may not be read is a problem',
  { skip: process.getuid?.() === 0 && 'root reads everything' },
  async (t) => {
    mkdirSync(join(directory, 'closed'))
    writeFileSync(join(directory, 'closed', 'key'), 'x', { mode: 0o000 })
    t.match(problemsOf(good.replace('tls.key', 'closed/key')), [/EACCES/])
  },
)
