import type { AuditSettings, ReviewSettings } from './audit-settings.ts'

/** The service's settings after loading: references resolved, defaults filled in, paths absolute, units in the names. */
export interface Settings {
  readonly listen: {
    readonly host: string
    readonly port: number
    /** Absent when `plaintext: true` was written out. */
    readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
    readonly limits: ListenLimits
  }
  readonly upstream: UpstreamSettings
  readonly issuers: readonly IssuerSettings[]
  readonly policyFile: string
  /** A policy that is asked about every call beside the one in force, and never obeyed. */
  readonly candidateFile: string | undefined
  readonly audit: AuditSettings
  readonly ops: { readonly host: string; readonly port: number; readonly review: ReviewSettings }
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' }
}

/** What callers may take of the listener. Why each number: docs/decisions/0029-wire-limits.md. */
export interface ListenLimits {
  readonly connectionsMax: number
  readonly connectionsPerPeerMax: number
  /** How long a connection may take to say what it speaks, TLS and all. */
  readonly greetingMaxMs: number
  /** How long a connection may be silent. */
  readonly idleMaxMs: number
  readonly streamsMax: number
  readonly headerListBytesMax: number
  readonly headerTableBytesMax: number
  readonly continuationsMax: number
  readonly idleFramesPerSecondMax: number
  readonly resetsPerSecondMax: number
  readonly settingsPerSecondMax: number
  readonly pingsPerSecondMax: number
  /** What may wait on one connection for a caller who does not read. */
  readonly unreadBytesMax: number
  /** How long a caller may read nothing of what waits for it. */
  readonly unreadMaxMs: number
  /** How long a request may take to arrive once its caller is known. */
  readonly bodyMaxMs: number
  /** What may be held of all requests and answers together before calls are refused. */
  readonly bufferedBytesMax: number
}

export interface UpstreamSettings {
  /** `host:port` of a Temporal frontend. */
  readonly address: string
  /** Absent when `plaintext: true` was written out. */
  readonly tls:
    | {
        readonly caFile: string | undefined
        readonly certFile: string | undefined
        readonly keyFile: string | undefined
        readonly serverName: string | undefined
      }
    | undefined
  readonly credential:
    | { readonly kind: 'none' }
    | { readonly kind: 'api_key_file'; readonly file: string }
}

export interface IssuerSettings {
  /** The name that rules use. */
  readonly name: string
  readonly kind: 'gitlab'
  /** Compared byte for byte with the token's `iss`. */
  readonly url: string
  readonly audience: string
  readonly maxAgeMs: number
  /** Where keys come from: discovery at `url` unless one of these is set. */
  readonly jwksUri: string | undefined
  readonly jwksFile: string | undefined
  /** PEM bundle that the issuer's TLS certificate must chain to, instead of the system's. */
  readonly caFile: string | undefined
  /** Whether strangers can have tokens of this issuer, as on GitLab.com. */
  readonly shared: boolean
  /** How long keys are used after the last successful fetch while the issuer cannot be reached. */
  readonly staleKeysMaxMs: number
}
