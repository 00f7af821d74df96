import t from 'tap'
import { serviceShape } from '../../src/config/service-shape.ts'
import { settingsOf } from '../../src/config/settings-of.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { contentOf } from '../support/config-text.ts'
import { limitsWith } from '../support/limits.ts'

function settings(text: string) {
  return settingsOf(contentOf(text, serviceShape).content, '/etc/sallyport')
}

const issuer = '{ kind: gitlab, url: https://gitlab.com, audience: us }'
const smallest = `version: 1
listen: { address: 0.0.0.0:7443, plaintext: true }
upstream: { address: temporal:7233, plaintext: true }
issuers: { gitlab: ${issuer} }
policy: policy.yaml
audit: { directory: ./audit }
`

void t.test('settings have absolute paths, milliseconds, and every default', async (t) => {
  t.strictSame(settings(smallest), {
    listen: { host: '0.0.0.0', port: 7_443, tls: undefined, limits: limitsWith() },
    upstream: { address: 'temporal:7233', tls: undefined, credential: { kind: 'none' } },
    issuers: [
      {
        name: 'gitlab',
        kind: 'gitlab',
        url: 'https://gitlab.com',
        audience: 'us',
        maxAgeMs: 3_600_000,
        jwksUri: undefined,
        jwksFile: undefined,
        caFile: undefined,
        shared: true,
        staleKeysMaxMs: 43_200_000,
      },
    ],
    policyFile: '/etc/sallyport/policy.yaml',
    candidateFile: undefined,
    audit: auditSettings('/etc/sallyport/audit'),
    ops: {
      host: '127.0.0.1',
      port: 9_443,
      review: { login: undefined, temporalUiUrl: undefined },
    },
    log: { level: 'info' },
  })
})

void t.test('what is written out is used, and absolute paths stay as they are', async (t) => {
  const all = settings(`version: 1
listen: { address: "[::1]:7443", tls: { cert_file: tls.crt, key_file: /run/tls.key }, limits: { connections: 9 } }
upstream:
  address: temporal:7233
  tls: { ca_file: ca.crt, cert_file: c.crt, key_file: ../c.key, server_name: temporal }
  credential: { api_key_file: key }
issuers:
  a:
    { kind: gitlab, url: https://a, audience: us, max_age: 30m, stale_keys_max: 1d,
      jwks_uri: https://a/jwks, jwks_file: jwks.json, ca_file: a.crt, shared: true }
policy: /p.yaml
audit: { directory: /var/audit, durability: buffered }
ops: { address: 0.0.0.0:1 }
log: { level: warn }
`)
  t.strictSame(all.listen, {
    host: '::1',
    port: 7_443,
    tls: { certFile: '/etc/sallyport/tls.crt', keyFile: '/run/tls.key' },
    limits: limitsWith({ connectionsMax: 9 }),
  })
  t.strictSame(all.upstream, {
    address: 'temporal:7233',
    tls: {
      caFile: '/etc/sallyport/ca.crt',
      certFile: '/etc/sallyport/c.crt',
      keyFile: '/etc/c.key',
      serverName: 'temporal',
    },
    credential: { kind: 'api_key_file', file: '/etc/sallyport/key' },
  })
  t.strictSame(all.issuers, [
    {
      name: 'a',
      kind: 'gitlab',
      url: 'https://a',
      audience: 'us',
      maxAgeMs: 1_800_000,
      jwksUri: 'https://a/jwks',
      jwksFile: '/etc/sallyport/jwks.json',
      caFile: '/etc/sallyport/a.crt',
      shared: true,
      staleKeysMaxMs: 86_400_000,
    },
  ])
  t.match(all, {
    policyFile: '/p.yaml',
    audit: { directory: '/var/audit', durability: 'buffered' },
  })
  t.match(all, { ops: { host: '0.0.0.0', port: 1 }, log: { level: 'warn' } })
})

void t.test('TLS to the upstream may need nothing said', async (t) => {
  const { upstream } = settings(smallest.replace('7233, plaintext: true', '7233, tls: {}'))
  t.strictSame(upstream.tls, {
    caFile: undefined,
    certFile: undefined,
    keyFile: undefined,
    serverName: undefined,
  })
})

void t.test(
  'gitlab.com is shared unless somebody says otherwise; other issuers are not',
  async (t) => {
    const shared = (issuer: string) =>
      settings(smallest.replace('kind: gitlab,', issuer)).issuers[0]?.shared
    t.equal(shared('kind: gitlab,'), true)
    t.equal(shared('kind: gitlab, shared: false,'), false)
    const own = smallest.replace('https://gitlab.com', 'https://gitlab.acme.example')
    t.equal(settings(own).issuers[0]?.shared, false)
    t.equal(settings(own.replace('kind:', 'shared: true, kind:')).issuers[0]?.shared, true)
  },
)
