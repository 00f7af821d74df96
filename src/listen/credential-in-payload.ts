import type { Credential } from '../core/credential.ts'

/**
 * Payloads of JSON Web Tokens: the dot after the header, `{"` in base64url, and as much as `{"job_id":""}`
 * takes at least. GitLab's largest tokens are about 10 kB. No byte is looked at twice, whatever the message.
 */
const payloads = /\.eyJ[\w-]{15,16384}/g

/** GitLab's job and access tokens. */
const gitlabTokens = /gl(?:cbt|pat)-[\w-]{20}/

/** Claims that only a CI job's token carries. */
const jobClaims = ['job_id', 'pipeline_id', 'job_project_id']

/**
 * Looks for a CI credential anywhere in a message: the caller's own token, another job's, or GitLab's
 * job and access tokens. Workflow history keeps what it is given, so none may get in. Values that the
 * caller encrypted, compressed or encoded once more cannot be seen. Says what was found, never it.
 */
export function findCredential(message: Uint8Array, credential: Credential): string | undefined {
  const text = Buffer.from(message.buffer, message.byteOffset, message.byteLength).toString(
    'latin1',
  )
  if (credential.kind === 'bearer') {
    const [, payload] = credential.token.split('.')
    if (payload && text.includes(payload)) return "the message contains the caller's own token"
  }
  if (gitlabTokens.test(text)) return 'the message contains a GitLab token'
  for (const [payload] of text.matchAll(payloads)) {
    if (isJobToken(payload.slice(1))) return "the message contains a CI job's token"
  }
  return undefined
}

function isJobToken(payload: string): boolean {
  const text = Buffer.from(payload, 'base64url').toString('latin1')
  return jobClaims.some((claim) => text.includes(`"${claim}"`))
}
