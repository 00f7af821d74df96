import type { RefusalCode } from './refusal.ts'

/** What a person who meets a refusal should know of it. */
export interface Remedy {
  /** When it happens. */
  readonly when: string
  /** What to do about it. */
  readonly remedy: string
}

/** Every refusal explained, in the words of `docs/refusals.md`, with which a test compares them. */
export const remedies: Readonly<Record<RefusalCode, Remedy>> = {
  credential_missing: {
    when: 'No `authorization` metadata came, or it is empty.',
    remedy:
      'Give the job `id_tokens: { TEMPORAL_API_KEY: { aud: … } }`. An empty variable means that GitLab could not sign: ask its administrator for the CI signing key.',
  },
  credential_malformed: {
    when: '`authorization` came twice, is no bearer token, is over 16 KiB, is no JSON Web Token, names no key, or a claim that the guards rest on has the wrong type.',
    remedy: 'Send one `authorization: Bearer <token>`; leave it to the CLI or SDK.',
  },
  issuer_unknown: {
    when: "The token's `iss` equals no configured issuer, byte for byte.",
    remedy:
      'Compare `iss` with `issuers.*.url` in `sallyport.yaml`: port, path and a trailing slash count.',
  },
  algorithm_refused: {
    when: 'The token is signed with an algorithm that the kind of issuer does not use (GitLab: RS256 only).',
    remedy: 'Nothing a job can do: this is not a token of that issuer.',
  },
  signature_invalid: {
    when: 'No key of the issuer made this signature, or its key id is unknown.',
    remedy:
      'If the issuer rotated its keys a moment ago, try again in half a minute; the log names the key id.',
  },
  audience_mismatch: {
    when: '`aud` is not the configured audience, or is a list.',
    remedy: 'Write the audience of `sallyport.yaml` as the one `aud` of the `id_tokens` entry.',
  },
  token_expired: {
    when: '`exp` has passed, with 30 s of allowance.',
    remedy:
      'Jobs that run long need a token per step: split the job, or raise its timeout (GitLab sets `exp` from it).',
  },
  token_not_yet_valid: {
    when: '`nbf` or `iat` lies more than 30 s ahead.',
    remedy: 'Set the clocks of GitLab and of this host.',
  },
  token_too_old: {
    when: 'The token is older than `max_age`, though `exp` has not passed.',
    remedy: 'As for `token_expired`, or raise `max_age` of the issuer.',
  },
  claims_missing: {
    when: 'One of `exp iat nbf jti sub` is missing.',
    remedy: 'Nothing a job can do: this is not a CI token.',
  },
  not_granted: {
    when: 'No rule matches, or none of those that do grants this method, namespace, type, queue or id.',
    remedy: '`sallyport explain --decision ID` says which rule came nearest and what it lacked.',
  },
  denied_by_rule: {
    when: 'A denial of the policy matches the identity, which beats every grant.',
    remedy:
      "The entry's `detail` names the denial. The caller is told no more than that it is not granted.",
  },
  guard_fork_pipelines: {
    when: "A merge request pipeline of a fork: the code is the fork's.",
    remedy:
      "Run the job in a pipeline of the project itself; or `allow: [fork_pipelines]` on the rule, if strangers' code may do this.",
  },
  guard_agents: {
    when: "The token belongs to an AI agent's workload.",
    remedy: '`allow: [agents]` on a rule, if an agent may do this.',
  },
  guard_policy_jobs: {
    when: "A security policy put the job into the pipeline, so its script is not the repository's.",
    remedy: '`allow: [policy_jobs]` on a rule, if such jobs may do this.',
  },
  guard_other_tokens: {
    when: "The issuer signed the token, but it is not a CI job's: `job_id`, `pipeline_id` or `project_id` is missing.",
    remedy: 'Use an `id_tokens` entry of a job.',
  },
  namespace_missing: {
    when: 'The request names no namespace, or names it by id.',
    remedy: 'Set `TEMPORAL_NAMESPACE`, also where the client could do without.',
  },
  namespace_mismatch: {
    when: 'A nested part of the request names another namespace.',
    remedy: 'Make one call per namespace.',
  },
  nested_call_refused: {
    when: 'The request carries completion callbacks, an operation that this version does not know, or acts on a workflow or queue of the server itself (`temporal-sys-…`).',
    remedy: 'Leave that part out; `detail` in the audit entry says which it is.',
  },
  credential_in_payload: {
    when: "The message contains the caller's token, another job's token or a GitLab access token.",
    remedy:
      'Do not pass credentials to workflows: history keeps them. Let the worker fetch its own.',
  },
  message_malformed: {
    when: 'The body is not one gRPC frame, or the message is not strict protobuf: cut off, a field twice, a number not in its shortest form, text that is not UTF-8.',
    remedy: 'Use an unmodified SDK; `detail` names the field.',
  },
  metadata_malformed: {
    when: '`grpc-timeout` is malformed or came twice.',
    remedy: 'Use an unmodified SDK.',
  },
  message_too_large: {
    when: "The request exceeds 4 MiB, before or after inflating, which is Temporal's own limit.",
    remedy:
      "Pass a reference instead of the data. The words begin as grpc-go's do, so that SDKs do not retry.",
  },
  encoding_unsupported: {
    when: '`grpc-encoding` is neither `identity` nor `gzip`.',
    remedy: 'SDKs fall back by themselves.',
  },
  method_unknown: {
    when: 'The path is not that of a public RPC that this version knows.',
    remedy: 'Update Sallyport if the RPC is new; AdminService and reflection are never forwarded.',
  },
  keys_unavailable: {
    when: "The issuer's keys were never fetched, or not for longer than `stale_keys_max`.",
    remedy: 'Retry; `/readyz` and the log say what is wrong with the issuer.',
  },
  audit_unavailable: {
    when: 'The decision cannot be recorded: disk full, read-only or gone. What is not recorded is not forwarded.',
    remedy: 'Retry; `/readyz` names the trouble. It recovers by itself when there is room.',
  },
  upstream_unavailable: {
    when: 'No Temporal frontend could be reached.',
    remedy: 'Retry; `/readyz` names the trouble.',
  },
  overloaded: {
    when: 'This replica holds more bytes of requests and answers for this connection than its share of `listen.limits.buffered`.',
    remedy:
      'SDKs retry after a while. If it lasts, read answers sooner, add replicas or raise the limit; `sallyport_buffered_bytes` says how much is held in all.',
  },
  draining: {
    when: 'This replica is shutting down.',
    remedy: 'SDKs retry and reach another replica.',
  },
}
