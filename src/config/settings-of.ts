import { resolve } from 'node:path'
import { parseAddress } from '../core/address.ts'
import { auditSettingsOf, reviewSettingsOf } from './audit-settings-of.ts'
import { limitsOf } from './limits-shape.ts'
import type { ServiceFile } from './service-shape.ts'
import type { IssuerSettings, Settings, UpstreamSettings } from './settings.ts'
import { durationMs, optionalPath, type PathOf } from './values.ts'

/** Issuers whose tokens anyone in the world can have. */
const sharedIssuers: ReadonlySet<string> = new Set(['https://gitlab.com'])

/** Turns a checked service file into settings: paths absolute, units in the names, defaults worked out. */
export function settingsOf(content: ServiceFile, directory: string): Settings {
  const path = (file: string) => resolve(directory, file)
  return {
    listen: {
      ...parseAddress(content.listen.address),
      tls: content.listen.tls && {
        certFile: path(content.listen.tls.cert_file),
        keyFile: path(content.listen.tls.key_file),
      },
      limits: limitsOf(content.listen.limits),
    },
    upstream: upstreamOf(content.upstream, path),
    issuers: Object.entries(content.issuers).map(([name, issuer]) => issuerOf(name, issuer, path)),
    policyFile: path(content.policy),
    candidateFile: optionalPath(content.policy_candidate, path),
    audit: auditSettingsOf(content.audit, path),
    ops: {
      ...parseAddress(content.ops.address),
      review: reviewSettingsOf(content.ops.review, path),
    },
    log: content.log,
  }
}

function upstreamOf(upstream: ServiceFile['upstream'], path: PathOf): UpstreamSettings {
  const { tls, credential } = upstream
  return {
    address: upstream.address,
    tls: tls && {
      caFile: optionalPath(tls.ca_file, path),
      certFile: optionalPath(tls.cert_file, path),
      keyFile: optionalPath(tls.key_file, path),
      serverName: tls.server_name,
    },
    credential:
      credential === 'none'
        ? { kind: 'none' }
        : { kind: 'api_key_file', file: path(credential.api_key_file) },
  }
}

function issuerOf(
  name: string,
  issuer: ServiceFile['issuers'][string],
  path: PathOf,
): IssuerSettings {
  return {
    name,
    kind: issuer.kind,
    url: issuer.url,
    audience: issuer.audience,
    maxAgeMs: durationMs(issuer.max_age),
    jwksUri: issuer.jwks_uri,
    jwksFile: optionalPath(issuer.jwks_file, path),
    caFile: optionalPath(issuer.ca_file, path),
    shared: issuer.shared ?? sharedIssuers.has(issuer.url),
    staleKeysMaxMs: durationMs(issuer.stale_keys_max),
  }
}
