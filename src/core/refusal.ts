import { statusCodes, type StatusName } from './status.ts'

interface RefusalRow {
  readonly status: StatusName
  /** HTTP status for callers that do not speak gRPC. */
  readonly http: number
  /** What the caller is told. Generic on purpose: no rule, no claim, no namespace. */
  readonly words: string
}

/**
 * Every reason for which a call is refused. The table is closed: `docs/refusals.md` documents each
 * row, and a house test compares the two. None is UNKNOWN or INTERNAL, which SDKs retry at once.
 */
export const refusals = {
  credential_missing: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'no credential was sent; set TEMPORAL_API_KEY from an id_tokens entry of the job',
  },
  credential_malformed: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words:
      'the credential is not one bearer token; send a single "authorization: Bearer <id token>"',
  },
  issuer_unknown: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token was issued by someone this proxy does not trust',
  },
  algorithm_refused: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token is signed with an algorithm that is not accepted',
  },
  signature_invalid: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token does not carry a valid signature of its issuer',
  },
  audience_mismatch: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token is meant for another audience; check "aud" in the id_tokens entry of the job',
  },
  token_expired: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token has expired; a new job gets a new one',
  },
  token_not_yet_valid: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token is not valid yet; check the clocks',
  },
  token_too_old: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token is older than this proxy accepts; a new job gets a new one',
  },
  claims_missing: {
    status: 'UNAUTHENTICATED',
    http: 401,
    words: 'the token lacks a claim that every token must carry',
  },
  not_granted: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'not granted',
  },
  denied_by_rule: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'not granted',
  },
  guard_fork_pipelines: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'not granted to merge request pipelines of forks',
  },
  guard_agents: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'not granted to AI agents',
  },
  guard_policy_jobs: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'not granted to jobs that a security policy put into the pipeline',
  },
  guard_other_tokens: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'not granted to tokens that are not those of a CI job',
  },
  namespace_missing: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'the request names no namespace; set TEMPORAL_NAMESPACE',
  },
  namespace_mismatch: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'the request names more than one namespace',
  },
  nested_call_refused: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'the request carries an operation that is not allowed inside it',
  },
  credential_in_payload: {
    status: 'PERMISSION_DENIED',
    http: 403,
    words: 'the request contains a CI credential, which would end up in workflow history',
  },
  message_malformed: {
    status: 'INVALID_ARGUMENT',
    http: 400,
    words: 'the request message is malformed',
  },
  metadata_malformed: {
    status: 'INVALID_ARGUMENT',
    http: 400,
    words: 'the request metadata is malformed',
  },
  message_too_large: {
    status: 'RESOURCE_EXHAUSTED',
    http: 429,
    // SDKs recognise "too large", and so do not retry, by this prefix of grpc-go's own message.
    words: 'grpc: received message larger than max',
  },
  encoding_unsupported: {
    status: 'UNIMPLEMENTED',
    http: 415,
    // SDKs fall back to uncompressed requests when the words mention grpc-encoding.
    words: 'grpc-encoding is not supported; send identity or gzip',
  },
  method_unknown: {
    status: 'UNIMPLEMENTED',
    http: 404,
    words: 'unknown method',
  },
  keys_unavailable: {
    status: 'UNAVAILABLE',
    http: 503,
    words: "the issuer's keys cannot be fetched at the moment",
  },
  audit_unavailable: {
    status: 'UNAVAILABLE',
    http: 503,
    words: 'the call cannot be recorded at the moment, so it is not made',
  },
  upstream_unavailable: {
    status: 'UNAVAILABLE',
    http: 503,
    words: 'the Temporal frontend cannot be reached at the moment',
  },
  overloaded: {
    status: 'RESOURCE_EXHAUSTED',
    http: 429,
    words: 'this replica holds as many requests and answers as it can; try again later',
  },
  draining: {
    status: 'UNAVAILABLE',
    http: 503,
    words: 'this replica is shutting down; try again',
  },
} as const satisfies Record<string, RefusalRow>

export type RefusalCode = keyof typeof refusals

/**
 * Why not: a value with two audiences. The code and its words go to the caller; the detail goes to
 * the log and the audit entry, and never holds a token or key material.
 */
export interface Refusal {
  readonly refused: true
  readonly code: RefusalCode
  readonly detail: string
}

/** Makes a refusal: a code for the caller, a detail for the log and the audit entry. */
export function refusal(code: RefusalCode, detail: string): Refusal {
  return { refused: true, code, detail }
}

/** Whether a value is a refusal. */
export function isRefusal(value: object): value is Refusal {
  return 'refused' in value && value.refused === true
}

/** What the caller of a refused call is sent: numbers and words only, no detail. */
export function refusalStatus(code: RefusalCode): {
  readonly grpc: number
  readonly http: number
  readonly words: string
} {
  const row = refusals[code]
  return { grpc: statusCodes[row.status], http: row.http, words: row.words }
}
