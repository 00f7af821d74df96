import { z } from 'zod'
import { auditShape, reviewShape } from './audit-shape.ts'
import { limitsShape } from './limits-shape.ts'
import { address, duration, filePath, issuerUrl, name } from './values.ts'

const plaintext = z.literal(true, { error: 'can only be true; leave it out to use TLS' }).optional()

const listen = z.strictObject({
  address: address.describe('Where callers connect to, as host:port.'),
  tls: z
    .strictObject({ cert_file: filePath, key_file: filePath })
    .optional()
    .describe('PEM files of the certificate chain and its key; read again when they change.'),
  plaintext: plaintext.describe('Listen without TLS: tokens then cross the network in clear.'),
  limits: limitsShape,
})

const credential = z.union([z.literal('none'), z.strictObject({ api_key_file: filePath })], {
  error: 'is not a credential; write none, or { api_key_file: FILE }',
})

const upstream = z.strictObject({
  address: address.describe('A Temporal frontend, as host:port.'),
  tls: z
    .strictObject({
      ca_file: filePath.optional(),
      cert_file: filePath.optional(),
      key_file: filePath.optional(),
      server_name: z
        .string()
        .min(1, { error: 'is empty; write a name, or leave it out' })
        .optional(),
    })
    .optional()
    .describe('TLS to the upstream; with cert_file and key_file, mutual TLS. May be {}.'),
  plaintext: plaintext.describe('Connect without TLS.'),
  credential: credential.default('none').describe('How Sallyport presents itself to the upstream.'),
})

const issuer = z.strictObject({
  kind: z.literal('gitlab', { error: 'is not a kind of issuer; write gitlab' }),
  url: issuerUrl.describe('Compared byte for byte with the "iss" of tokens.'),
  audience: z
    .string()
    .min(1, { error: 'is empty; write what jobs put into "aud"' })
    .describe('The one "aud" that tokens must carry.'),
  max_age: duration.default('1h').describe('Age at which a token is refused, whatever its "exp".'),
  jwks_uri: issuerUrl.optional().describe('Where the keys are, instead of asking discovery.'),
  jwks_file: filePath.optional().describe('A file with the keys, instead of fetching them.'),
  ca_file: filePath
    .optional()
    .describe('PEM bundle that the certificate of the issuer must chain to.'),
  shared: z
    .boolean()
    .optional()
    .describe('Whether strangers have tokens of this issuer. Default: true for gitlab.com.'),
  stale_keys_max: duration
    .default('12h')
    .describe('How long known keys are used while the issuer is down.'),
})

const levels = ['debug', 'info', 'warn', 'error'] as const

/** The shape of `sallyport.yaml`: its types, defaults and JSON Schema all come from here. */
export const serviceShape = z.strictObject({
  version: z.literal(1, { error: 'is not a version that is known; write 1' }),
  listen,
  upstream,
  issuers: z.record(name, issuer).refine((issuers) => Object.keys(issuers).length > 0, {
    error: 'is empty; without an issuer nobody can call',
  }),
  policy: filePath.describe('The policy file: who may do what. Read again when it changes.'),
  policy_candidate: filePath
    .optional()
    .describe(
      'A policy that is asked about every call and never obeyed; differences are recorded.',
    ),
  audit: auditShape,
  ops: z
    .strictObject({
      address: address
        .default('127.0.0.1:9443')
        .describe('Where /livez, /readyz, /metrics and /review are.'),
      review: reviewShape,
    })
    .default({ address: '127.0.0.1:9443', review: {} }),
  log: z
    .strictObject({
      level: z
        .enum(levels, { error: `is not a level; write one of ${levels.join(', ')}` })
        .default('info'),
    })
    .default({ level: 'info' }),
})

export type ServiceFile = z.infer<typeof serviceShape>
