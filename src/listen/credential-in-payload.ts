import type { Credential } from '../core/credential.ts'

/** Where the payload of every JSON Web Token begins: the dot after its header, and `{"` in base64url. */
const payloadStart = '.eyJ'

/** What base64url is made of, and so where a part of a token ends. */
const base64urlRun = /^[\w-]*/

/** Longest payload that is looked at; GitLab's largest tokens are about 10 kB. */
const payloadLengthMax = 16 * 1024

/** Claims that only a CI job's token carries. */
const jobClaims = ['job_id', 'pipeline_id', 'job_project_id']

/** Prefixes of GitLab's job and access tokens. */
const gitlabPrefixes = ['glcbt-', 'glpat-']

/**
 * Looks for a CI credential anywhere in a message: the caller's own token, another job's, or GitLab's
 * job and access tokens. Workflow history keeps what it is given, so none may get in. Values that the
 * caller encrypted, compressed or encoded once more cannot be seen. Says what was found, never it.
 */
export function findCredential(message: Uint8Array, credential: Credential): string | undefined {
  const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength)
  if (credential.kind === 'bearer') {
    const [, payload] = credential.token.split('.')
    if (payload && bytes.includes(payload)) return "the message contains the caller's own token"
  }
  if (gitlabPrefixes.some((prefix) => containsSecret(bytes, prefix))) {
    return 'the message contains a GitLab token'
  }
  return containsJobToken(bytes) ? "the message contains a CI job's token" : undefined
}

function containsSecret(bytes: Buffer, prefix: string): boolean {
  let at = bytes.indexOf(prefix)
  while (at >= 0) {
    const from = at + prefix.length
    if (/^[\w-]{20}$/.test(bytes.toString('latin1', from, from + 20))) return true
    at = bytes.indexOf(prefix, from)
  }
  return false
}

/** Goes on behind each payload it has looked at, so that every byte is read once whatever the message. */
function containsJobToken(bytes: Buffer): boolean {
  let at = bytes.indexOf(payloadStart)
  while (at >= 0) {
    const from = at + 1
    const [payload] = base64urlRun.exec(
      bytes.toString('latin1', from, from + payloadLengthMax),
    ) ?? ['']
    if (isJobToken(payload)) return true
    at = bytes.indexOf(payloadStart, from + payload.length)
  }
  return false
}

function isJobToken(payload: string): boolean {
  const text = Buffer.from(payload, 'base64url').toString('latin1')
  return jobClaims.some((claim) => text.includes(`"${claim}"`))
}
