import { resolve } from 'node:path'
import t from 'tap'
import { auditSettingsOf, reviewSettingsOf } from '../../src/config/audit-settings-of.ts'
import { auditShape, reviewShape } from '../../src/config/audit-shape.ts'
import { auditSettings } from '../support/audit-settings.ts'
import { contentOf } from '../support/config-text.ts'

const path = (file: string) => resolve('/etc/sallyport', file)
const audit = (text: string) =>
  auditSettingsOf(contentOf(`directory: audit\n${text}`, auditShape).content, path)
const review = (text: string) => reviewSettingsOf(contentOf(text, reviewShape).content, path)

void t.test('what nobody says has its default', async (t) => {
  t.strictSame(audit(''), auditSettings('/etc/sallyport/audit'))
})

void t.test('settings have absolute paths, bytes and milliseconds', async (t) => {
  const settings = audit(`durability: buffered
levels: { read: completion, work: completion }
segments: { size_max: 1MiB, age_max: 1h }
retention: 30d
checkpoints: { interval: 2s, key_file: keys.pem, origin: a/b }
`)
  t.strictSame(settings, {
    directory: '/etc/sallyport/audit',
    durability: 'buffered',
    levels: { read: 'completion', work: 'completion' },
    segments: { bytesMax: 1_048_576, ageMaxMs: 3_600_000 },
    retentionMs: 2_592_000_000,
    checkpoints: {
      intervalMs: 2_000,
      keyFile: '/etc/sallyport/keys.pem',
      origin: 'a/b',
      witnesses: [],
    },
    exports: [],
  })
})

void t.test('witnesses are files or webhooks', async (t) => {
  const { checkpoints } = audit(
    `checkpoints: { witnesses: [{ file: /mnt/w }, { webhook: "https://w", secret_file: s }, { webhook: "https://v", secret_file: s, ca_file: c }] }`,
  )
  const webhook = { kind: 'webhook', secretFile: '/etc/sallyport/s' }
  t.strictSame(checkpoints.witnesses, [
    { kind: 'file', file: '/mnt/w' },
    { ...webhook, url: 'https://w', caFile: undefined },
    { ...webhook, url: 'https://v', caFile: '/etc/sallyport/c' },
  ])
})

void t.test('each export has its name and what its kind needs', async (t) => {
  const { exports } = audit(`exports:
  out: { to: stdout, format: cloudevents }
  collector: { to: otlp, url: "https://c/v1/logs" }
  private: { to: otlp, url: "https://c/v1/logs", bearer_file: b, ca_file: c }
  siem: { to: webhook, url: "https://s", secret_file: s, ca_file: c }
  log: { to: syslog, format: ocsf, address: "[::1]:6514", ca_file: c, cert_file: d, key_file: k }
`)
  t.strictSame(exports, [
    { name: 'out', to: 'stdout', format: 'cloudevents' },
    {
      name: 'collector',
      to: 'otlp',
      url: 'https://c/v1/logs',
      bearerFile: undefined,
      caFile: undefined,
    },
    {
      name: 'private',
      to: 'otlp',
      url: 'https://c/v1/logs',
      bearerFile: '/etc/sallyport/b',
      caFile: '/etc/sallyport/c',
    },
    {
      name: 'siem',
      to: 'webhook',
      format: 'native',
      url: 'https://s',
      secretFile: '/etc/sallyport/s',
      caFile: '/etc/sallyport/c',
    },
    {
      name: 'log',
      to: 'syslog',
      format: 'ocsf',
      host: '::1',
      port: 6514,
      caFile: '/etc/sallyport/c',
      certFile: '/etc/sallyport/d',
      keyFile: '/etc/sallyport/k',
    },
  ])
})

void t.test(
  'a login and the links of the review page have urls without a slash at the end',
  async (t) => {
    t.strictSame(review('{}'), { login: undefined, temporalUiUrl: undefined })
    const login =
      'login: { issuer: gitlab, client_id: a1, client_secret_file: s, url: "https://audit.acme.example/" }'
    t.strictSame(review(`${login}\ntemporal_ui_url: "https://ui.acme.example/temporal/"`), {
      login: {
        issuer: 'gitlab',
        clientId: 'a1',
        clientSecretFile: '/etc/sallyport/s',
        url: 'https://audit.acme.example',
      },
      temporalUiUrl: 'https://ui.acme.example/temporal',
    })
  },
)
