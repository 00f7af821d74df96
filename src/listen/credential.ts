import type { Credential } from '../core/credential.ts'

/** One bearer token, in the alphabet that RFC 6750 gives it. The scheme is case-insensitive. */
const bearer = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

const scheme = /^bearer +$/i

/**
 * Takes the credential out of the values of `authorization`. Two values are two callers: neither is believed.
 * Where it is the one from before, that very object is given back: a token is long to look at anew for each call.
 */
export function takeCredential(values: readonly string[], before?: Credential): Credential {
  const [value] = values
  if (values.length > 1) return { kind: 'malformed', detail: 'authorization was sent twice' }
  if (before?.kind === 'bearer' && value?.endsWith(before.token)) {
    if (scheme.test(value.slice(0, -before.token.length))) return before
  }
  if (value === undefined || value === '') return { kind: 'absent' }
  // GitLab swallows the error when it cannot sign, and leaves the variable empty.
  if (/^bearer *$/i.test(value)) return { kind: 'absent' }
  const token = bearer.exec(value)?.[1]
  if (token === undefined)
    return { kind: 'malformed', detail: 'authorization is not a bearer token' }
  return { kind: 'bearer', token }
}
