import { z } from 'zod'
import { address, byteSize, duration, filePath, name, siteUrl, webUrl } from './values.ts'

const level = z.enum(['both', 'completion'], {
  error: 'is not a level; write both or completion',
})

const format = z
  .enum(['native', 'ocsf', 'cloudevents'], {
    error: 'is not a format; write native, ocsf or cloudevents',
  })
  .default('native')
  .describe(
    'native: entries as the journal has them. ocsf: OCSF 1.x. cloudevents: CloudEvents 1.0.',
  )

const secretFile = filePath.describe('A file with the key that requests are signed with (HMAC).')
const caFile = filePath.optional().describe('PEM bundle that the certificate must chain to.')

const exportTo = z.discriminatedUnion(
  'to',
  [
    z.strictObject({ to: z.literal('stdout'), format }),
    z.strictObject({
      to: z.literal('otlp'),
      url: webUrl.describe('The logs endpoint of a collector, usually ending in /v1/logs.'),
      bearer_file: filePath.optional().describe('A file with a token for the collector.'),
      ca_file: caFile,
    }),
    z.strictObject({
      to: z.literal('webhook'),
      format,
      url: webUrl,
      secret_file: secretFile,
      ca_file: caFile,
    }),
    z.strictObject({
      to: z.literal('syslog'),
      format,
      address: address.describe('RFC 5424 over TLS (RFC 5425), usually port 6514.'),
      ca_file: caFile,
      cert_file: filePath.optional(),
      key_file: filePath.optional(),
    }),
  ],
  { error: 'has no kind that is known; write to: stdout, otlp, webhook or syslog' },
)

const witness = z.union(
  [
    z.strictObject({ file: filePath.describe('Checkpoints are appended to it.') }),
    z.strictObject({ webhook: webUrl, secret_file: secretFile, ca_file: caFile }),
  ],
  { error: 'is not a witness; write { file: FILE } or { webhook: URL, secret_file: FILE }' },
)

/** The part of the service file that says how calls are recorded, kept and sent on. */
export const auditShape = z.strictObject({
  directory: filePath.describe('Where the journal is kept; one per replica.'),
  durability: z
    .enum(['synced', 'buffered'], { error: 'is not a durability; write synced or buffered' })
    .default('synced')
    .describe('synced: on disk before a call is forwarded. buffered: handed to the system before.'),
  levels: z
    .strictObject({
      read: level.default('both').describe('Calls that only connect, read or browse.'),
      work: level.default('both').describe('Polls and completions of tasks by workers.'),
    })
    .default({ read: 'both', work: 'both' })
    .describe(
      'both: a decision entry before a call is forwarded, a completion after. completion: one entry, after. Refusals are always recorded.',
    ),
  segments: z
    .strictObject({
      size_max: byteSize
        .default('128MiB')
        .describe('A file that has this size is followed by another.'),
      age_max: duration.default('24h').describe('A file that is this old is followed by another.'),
    })
    .default({ size_max: '128MiB', age_max: '24h' }),
  retention: duration
    .optional()
    .describe(
      'Files whose entries are all older are removed, once every export has them. Default: kept for ever.',
    ),
  checkpoints: z
    .strictObject({
      interval: duration.default('5s').describe('How often the end of the chain is signed.'),
      key_file: filePath
        .optional()
        .describe(
          'Ed25519 private keys as PEM: the first signs, others vouch for it. Default: made once, in the audit directory.',
        ),
      origin: z
        .string()
        .regex(/^[!-*,-~]{1,200}$/, {
          error:
            'is not an origin; write a name without spaces and plus signs, such as audit.acme.example/sallyport-0',
        })
        .optional()
        .describe('The name that checkpoints carry. Default: sallyport/ and the host name.'),
      witnesses: z
        .array(witness)
        .default([])
        .describe('Second places that every checkpoint is published to.'),
    })
    .default({ interval: '5s', witnesses: [] }),
  exports: z
    .record(name, exportTo)
    .default({})
    .describe('Where entries are sent on to. Each export follows the journal on its own.'),
})

/** How the review page is reached and what it links to. */
export const reviewShape = z
  .strictObject({
    login: z
      .strictObject({
        issuer: name.describe('The issuer that people log in with; one of issuers.'),
        client_id: z.string().min(1, { error: 'is empty; write the application id' }),
        client_secret_file: filePath,
        url: siteUrl.describe('Where browsers find the ops listener; /review/callback below it.'),
      })
      .optional()
      .describe('OpenID Connect login. Without it, the page is for this machine alone.'),
    temporal_ui_url: webUrl.optional().describe('Temporal Web UI, for links to workflows.'),
  })
  .default({})
