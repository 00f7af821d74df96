import t from 'tap'
import { limitsShape } from '../../src/config/limits-shape.ts'
import { serviceShape } from '../../src/config/service-shape.ts'
import { contentOf, shapeProblems } from '../support/config-text.ts'

const smallest = `version: 1
listen: { address: 0.0.0.0:7443, plaintext: true }
upstream: { address: temporal:7233, plaintext: true }
issuers:
  gitlab: { kind: gitlab, url: https://gitlab.com, audience: https://sallyport.acme.example }
policy: policy.yaml
audit: { directory: ./audit }
`

void t.test('the smallest file is filled in with safe defaults', async (t) => {
  t.strictSame(contentOf(smallest, serviceShape).content, {
    version: 1,
    listen: { address: '0.0.0.0:7443', plaintext: true, limits: limitsShape.parse({}) },
    upstream: { address: 'temporal:7233', plaintext: true, credential: 'none' },
    issuers: {
      gitlab: {
        kind: 'gitlab',
        url: 'https://gitlab.com',
        audience: 'https://sallyport.acme.example',
        max_age: '1h',
        stale_keys_max: '12h',
      },
    },
    policy: 'policy.yaml',
    audit: {
      directory: './audit',
      durability: 'synced',
      levels: { read: 'both', work: 'both' },
      segments: { size_max: '128MiB', age_max: '24h' },
      checkpoints: { interval: '5s', witnesses: [] },
      exports: {},
    },
    ops: { address: '127.0.0.1:9443', review: {} },
    log: { level: 'info' },
  })
})

void t.test('everything can be said', async (t) => {
  const { content } = contentOf(
    `version: 1
listen: { address: 0.0.0.0:7443, tls: { cert_file: a, key_file: b } }
upstream:
  address: temporal:7233
  tls: { ca_file: ca, cert_file: c, key_file: k, server_name: temporal }
  credential: { api_key_file: key }
issuers:
  gitlab:
    kind: gitlab
    url: https://gitlab.acme.example
    audience: us
    max_age: 30m
    jwks_uri: https://keys.acme.example/jwks
    jwks_file: jwks.json
    ca_file: ca.crt
    shared: false
    stale_keys_max: 1d
policy: p
audit: { directory: d, durability: buffered }
ops: { address: "[::1]:1" }
log: { level: debug }
`,
    serviceShape,
  )
  t.match(content, {
    upstream: { credential: { api_key_file: 'key' } },
    issuers: { gitlab: { shared: false, stale_keys_max: '1d' } },
    audit: { durability: 'buffered' },
    log: { level: 'debug' },
  })
})

/** A change of the smallest file, and the one problem that comes of it. */
const changes: readonly [from: string, to: string, line: string][] = [
  [
    'version: 1',
    'version: 2',
    'f:1:10 version: is not a version that is known; write 1 [value-invalid]',
  ],
  [
    'version: 1',
    'version: "1"',
    'f:1:10 version: is not a version that is known; write 1 [value-invalid]',
  ],
  [
    '0.0.0.0:7443',
    '7443',
    'f:2:20 listen.address: is not text; put the value in quotes [value-invalid]',
  ],
  [
    '0.0.0.0:7443',
    '0.0.0.0',
    'f:2:20 listen.address: is not an address; write host:port, such as 127.0.0.1:7443 [value-invalid]',
  ],
  [
    '7443, plaintext: true',
    '7443, plaintext: false',
    'f:2:45 listen.plaintext: can only be true; leave it out to use TLS [value-invalid]',
  ],
  [
    '7443, plaintext: true',
    '7443, tls: { cert_file: "", key_file: b }',
    'f:2:52 listen.tls.cert_file: is empty; write the path of a file [value-invalid]',
  ],
  [
    '7443, plaintext: true',
    '7443, tls: { key_file: b }',
    'f:2:39 listen.tls.cert_file: is missing; it is needed [key-missing]',
  ],
  [
    '7233, plaintext: true',
    '7233, tls: { server_name: "" }',
    'f:3:57 upstream.tls.server_name: is empty; write a name, or leave it out [value-invalid]',
  ],
  [
    '7233, plaintext: true',
    '7233, credential: some',
    'f:3:49 upstream.credential: is not a credential; write none, or { api_key_file: FILE } [value-invalid]',
  ],
  [
    '7233, plaintext: true',
    '7233, credential: { api_key_file: x, api_key: y }',
    'f:3:68 upstream.credential.api_key: is not a key that is known; known here: api_key_file [key-unknown]',
  ],
  [
    'kind: gitlab',
    'kind: github',
    'f:5:19 issuers.gitlab.kind: is not a kind of issuer; write gitlab [value-invalid]',
  ],
  [
    'url: https:',
    'url: http:',
    'f:5:32 issuers.gitlab.url: is not an https URL; write the issuer exactly as its tokens say, such as https://gitlab.com [value-invalid]',
  ],
  [
    'audience: https://sallyport.acme.example',
    'audience: ""',
    'f:5:62 issuers.gitlab.audience: is empty; write what jobs put into "aud" [value-invalid]',
  ],
  [
    'kind: gitlab',
    'max_age: 3600, kind: gitlab',
    'f:5:22 issuers.gitlab.max_age: is not text; put the value in quotes [value-invalid]',
  ],
  [
    'kind: gitlab',
    'max_age: 1w, kind: gitlab',
    'f:5:22 issuers.gitlab.max_age: is not a duration; write a number and a unit, such as 30m or 1h [value-invalid]',
  ],
  [
    'kind: gitlab',
    'maxage: 1h, kind: gitlab',
    'f:5:13 issuers.gitlab.maxage: is not a key that is known; did you mean max_age? [key-unknown]',
  ],
  [
    'kind: gitlab',
    'shared: perhaps, kind: gitlab',
    'f:5:21 issuers.gitlab.shared: is not true or false [value-invalid]',
  ],
  [
    'gitlab: {',
    '"git lab": {',
    'f:5:3 issuers.git lab: is not a name; use letters, digits, dots, dashes and underscores, 63 at most [value-invalid]',
  ],
  [
    'policy: policy.yaml',
    'policy: ""',
    'f:6:9 policy: is empty; write the path of a file [value-invalid]',
  ],
  ['policy: policy.yaml\n', '', 'f:1:1 policy: is missing; it is needed [key-missing]'],
  [
    './audit }',
    './audit, durability: sync }',
    'f:7:42 audit.durability: is not a durability; write synced or buffered; did you mean synced? [value-invalid]',
  ],
  [
    'directory: ./audit',
    'dir: ./audit, directory: ./audit',
    'f:7:10 audit.dir: is not a key that is known; known here: directory, durability, levels, segments, retention, checkpoints, exports [key-unknown]',
  ],
  [
    'audit:',
    'log: { level: trace }\naudit:',
    'f:7:15 log.level: is not a level; write one of debug, info, warn, error [value-invalid]',
  ],
  [
    'audit:',
    'ops: { adress: "127.0.0.1:1" }\naudit:',
    'f:7:8 ops.adress: is not a key that is known; did you mean address? [key-unknown]',
  ],
  [
    'audit:',
    'opps: {}\naudit:',
    'f:7:1 opps: is not a key that is known; did you mean ops? [key-unknown]',
  ],
]

for (const [from, to, line] of changes) {
  void t.test(`with ${JSON.stringify(to)} it says ${line}`, async (t) => {
    t.ok(smallest.includes(from))
    t.strictSame(shapeProblems(smallest.replace(from, to), serviceShape), [line])
  })
}

void t.test('a credential that is almost one is told what is wrong with it', async (t) => {
  const text = smallest.replace('7233, plaintext: true', '7233, credential: { api_key: secret }')
  t.strictSame(shapeProblems(text, serviceShape), [
    'f:3:49 upstream.credential.api_key_file: is missing; it is needed [key-missing]',
    'f:3:51 upstream.credential.api_key: is not a key that is known; known here: api_key_file [key-unknown]',
  ])
})

void t.test('without an issuer nobody could call', async (t) => {
  const text = smallest.replace(/issuers:\n.*\n/, 'issuers: {}\n')
  t.strictSame(shapeProblems(text, serviceShape), [
    'f:4:10 issuers: is empty; without an issuer nobody can call [value-invalid]',
  ])
})
