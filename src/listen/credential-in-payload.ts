import type { Credential } from '../core/credential.ts'
import { rememberEach } from '../core/remember-each.ts'
import { keptCopy } from '../wire/kept-copy.ts'

/**
 * Payloads of JSON Web Tokens: the dot after the header, `{"` in base64url, and as much as `{"job_id":""}`
 * takes at least. GitLab's largest tokens are about 10 kB. No byte is looked at twice, whatever the message.
 */
const payloads = /\.eyJ[\w-]{15,16384}/g

/** GitLab's job and access tokens. */
const gitlabTokens = /gl(?:cbt|pat)-[\w-]{20}/

/** Claims that only a CI job's token carries. */
const jobClaims = ['job_id', 'pipeline_id', 'job_project_id']

/** How each kind begins: a search for a few bytes passes over a megabyte while an expression reads a page. */
const gitlabPrefixes = ['glcbt-', 'glpat-'].map((prefix) => Buffer.from(prefix))
const payloadPrefix = Buffer.from('.eyJ')

/**
 * Looks for a CI credential anywhere in a message: the caller's own token, another job's, or GitLab's
 * job and access tokens. Workflow history keeps what it is given, so none may get in. Values that the
 * caller encrypted, compressed or encoded once more cannot be seen. Says what was found, never it.
 */
export function findCredential(message: Uint8Array, credential: Credential): string | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  if (credential.kind === 'bearer') {
    const payload = payloadOf(credential)
    if (payload.length > 0 && bytes.includes(payload)) {
      return "the message contains the caller's own token"
    }
  }
  const hasPayload = bytes.includes(payloadPrefix)
  const hasGitlab = gitlabPrefixes.some((prefix) => bytes.includes(prefix))
  if (!hasPayload && !hasGitlab) return undefined
  const text = bytes.toString('latin1')
  if (hasGitlab && gitlabTokens.test(text)) return 'the message contains a GitLab token'
  for (const [payload] of text.matchAll(payloads)) {
    if (isJobToken(payload.slice(1))) return "the message contains a CI job's token"
  }
  return undefined
}

/** The payload of a credential as bytes: a connection presents the same with each of its calls. */
const payloadOf = rememberEach(({ token }: Credential & { readonly kind: 'bearer' }) =>
  keptCopy(Buffer.from(token.split('.')[1] ?? '', 'latin1')),
)

function isJobToken(payload: string): boolean {
  const text = Buffer.from(payload, 'base64url').toString('latin1')
  return jobClaims.some((claim) => text.includes(`"${claim}"`))
}
