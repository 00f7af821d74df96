/** How calls are recorded, kept and sent on, after loading. */
export interface AuditSettings {
  readonly directory: string
  readonly durability: 'synced' | 'buffered'
  readonly levels: AuditLevels
  readonly segments: { readonly bytesMax: number; readonly ageMaxMs: number }
  /** How long entries are kept at least; undefined keeps them for ever. */
  readonly retentionMs: number | undefined
  readonly checkpoints: {
    readonly intervalMs: number
    /** PEM keys, the first of which signs; undefined makes one in the audit directory. */
    readonly keyFile: string | undefined
    readonly origin: string | undefined
    readonly witnesses: readonly WitnessSettings[]
  }
  readonly exports: readonly ExportSettings[]
}

/** Whether calls of a group have a decision and a completion, or one entry at their end. */
export interface AuditLevels {
  readonly read: 'both' | 'completion'
  readonly work: 'both' | 'completion'
}

/** A second place for checkpoints. */
export type WitnessSettings =
  | { readonly kind: 'file'; readonly file: string }
  | {
      readonly kind: 'webhook'
      readonly url: string
      readonly secretFile: string
      readonly caFile: string | undefined
    }

/** How exported entries look. */
export type ExportFormat = 'native' | 'ocsf' | 'cloudevents'

/** One export: where entries are sent on to. */
export type ExportSettings = { readonly name: string } & (
  | { readonly to: 'stdout'; readonly format: ExportFormat }
  | {
      readonly to: 'otlp'
      readonly url: string
      readonly bearerFile: string | undefined
      readonly caFile: string | undefined
    }
  | {
      readonly to: 'webhook'
      readonly format: ExportFormat
      readonly url: string
      readonly secretFile: string
      readonly caFile: string | undefined
    }
  | {
      readonly to: 'syslog'
      readonly format: ExportFormat
      readonly host: string
      readonly port: number
      readonly caFile: string | undefined
      readonly certFile: string | undefined
      readonly keyFile: string | undefined
    }
)

/** The review page on the ops listener. */
export interface ReviewSettings {
  readonly login: LoginSettings | undefined
  readonly temporalUiUrl: string | undefined
}

/** OpenID Connect login for people. */
export interface LoginSettings {
  /** Name of the issuer. */
  readonly issuer: string
  readonly clientId: string
  readonly clientSecretFile: string
  /** Where browsers find the ops listener, without a slash at the end. */
  readonly url: string
}
