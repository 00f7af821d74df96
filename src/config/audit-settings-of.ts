import type { z } from 'zod'
import { parseAddress } from '../core/address.ts'
import type {
  AuditSettings,
  ExportSettings,
  ReviewSettings,
  WitnessSettings,
} from './audit-settings.ts'
import type { auditShape, reviewShape } from './audit-shape.ts'
import { byteCount, durationMs, optionalPath, type PathOf } from './values.ts'

type AuditContent = z.infer<typeof auditShape>

/** Turns the checked audit part of a service file into settings. */
export function auditSettingsOf(audit: AuditContent, path: PathOf): AuditSettings {
  const { segments, checkpoints, retention } = audit
  return {
    directory: path(audit.directory),
    durability: audit.durability,
    levels: audit.levels,
    segments: { bytesMax: byteCount(segments.size_max), ageMaxMs: durationMs(segments.age_max) },
    retentionMs: retention === undefined ? undefined : durationMs(retention),
    checkpoints: {
      intervalMs: durationMs(checkpoints.interval),
      keyFile: optionalPath(checkpoints.key_file, path),
      origin: checkpoints.origin,
      witnesses: checkpoints.witnesses.map((witness) => witnessOf(witness, path)),
    },
    exports: Object.entries(audit.exports).map(([name, each]) => exportOf(name, each, path)),
  }
}

type WitnessContent = AuditContent['checkpoints']['witnesses'][number]

function witnessOf(witness: WitnessContent, path: PathOf): WitnessSettings {
  if ('file' in witness) return { kind: 'file', file: path(witness.file) }
  const { webhook: url, secret_file: secretFile, ca_file: caFile } = witness
  return { kind: 'webhook', url, secretFile: path(secretFile), caFile: optionalPath(caFile, path) }
}

function exportOf(
  name: string,
  content: AuditContent['exports'][string],
  path: PathOf,
): ExportSettings {
  switch (content.to) {
    case 'stdout':
      return { name, ...content }
    case 'otlp':
      return {
        name,
        to: 'otlp',
        url: content.url,
        bearerFile: optionalPath(content.bearer_file, path),
        caFile: optionalPath(content.ca_file, path),
      }
    case 'webhook':
      return {
        name,
        to: 'webhook',
        format: content.format,
        url: content.url,
        secretFile: path(content.secret_file),
        caFile: optionalPath(content.ca_file, path),
      }
    case 'syslog':
      return {
        name,
        to: 'syslog',
        format: content.format,
        ...parseAddress(content.address),
        caFile: optionalPath(content.ca_file, path),
        certFile: optionalPath(content.cert_file, path),
        keyFile: optionalPath(content.key_file, path),
      }
  }
}

/** Turns the checked review part of a service file into settings. */
export function reviewSettingsOf(
  review: z.infer<typeof reviewShape>,
  path: PathOf,
): ReviewSettings {
  const { login } = review
  return {
    login: login && {
      issuer: login.issuer,
      clientId: login.client_id,
      clientSecretFile: path(login.client_secret_file),
      url: login.url.replace(/\/+$/, ''),
    },
    temporalUiUrl: review.temporal_ui_url?.replace(/\/+$/, ''),
  }
}
