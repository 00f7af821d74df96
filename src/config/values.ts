import { z } from 'zod'
import { parseAddress } from '../core/address.ts'

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A duration in one unit, such as `90s`, `30m` or `1h`. */
export const duration = z.string().regex(/^[1-9][0-9]{0,5}[smhd]$/, {
  error: 'is not a duration; write a number and a unit, such as 30m or 1h',
})

/** Milliseconds of a {@link duration}. */
export function durationMs(text: string): number {
  return Number(text.slice(0, -1)) * unitMs[text.at(-1) as keyof typeof unitMs]
}

const unitBytes = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/** A size in bytes, such as `64KiB`, `128MiB` or `1GiB`. */
export const byteSize = z.string().regex(/^[1-9][0-9]{0,3}[KMG]iB$/, {
  error: 'is not a size; write a number and a unit, such as 64KiB or 128MiB',
})

/** Bytes of a {@link byteSize}. */
export function byteCount(text: string): number {
  return Number(text.slice(0, -3)) * unitBytes[text.slice(-3) as keyof typeof unitBytes]
}

/** A host and a port. */
export const address = z.string().refine(isAddress, {
  error: 'is not an address; write host:port, such as 127.0.0.1:7443',
})

function isAddress(text: string): boolean {
  const hasBoth = /^(\[[0-9A-Fa-f:.]+\]|[^\s:/[\]]+):[0-9]{1,5}$/.test(text)
  return hasBoth && parseAddress(text).port <= 65_535
}

/** A URL that secrets and keys may come from: https, or http on this machine for a trial. */
export const issuerUrl = z.string().refine(isTrustworthyUrl, {
  error:
    'is not an https URL; write the issuer exactly as its tokens say, such as https://gitlab.com',
})

function isTrustworthyUrl(text: string): boolean {
  // A URL parser forgives spaces, which the comparison with a token's issuer does not.
  if (/\s/.test(text) || !URL.canParse(text)) return false
  const { protocol, hostname, search, hash } = new URL(text)
  if (search !== '' || hash !== '') return false
  const isLoopback = /^(localhost|127(\.[0-9]{1,3}){3}|\[::1\])$/.test(hostname)
  return protocol === 'https:' || (protocol === 'http:' && isLoopback)
}

/** Where something is sent to or read with secrets: https, or http on this machine for a trial. */
export const webUrl = z.string().refine(isPlainUrl, {
  error:
    'is not an https URL; write one such as https://collector.acme.example/v1/logs, without name, password, query and fragment',
})

function isPlainUrl(text: string): boolean {
  if (!isTrustworthyUrl(text)) return false
  const { username, password } = new URL(text)
  return username === '' && password === ''
}

/** A {@link webUrl} of a whole site. */
export const siteUrl = z.string().refine(isSite, {
  error:
    'is not the https URL of a site; write one without a path, such as https://audit.acme.example',
})

function isSite(text: string): boolean {
  return isPlainUrl(text) && new URL(text).pathname === '/'
}

/** A file path, relative to the file that names it. */
export const filePath = z.string().min(1, { error: 'is empty; write the path of a file' })

/** Resolves a {@link filePath} against the file that names it. */
export type PathOf = (file: string) => string

/** Resolves a path that may be left out. */
export function optionalPath(file: string | undefined, path: PathOf): string | undefined {
  return file === undefined ? undefined : path(file)
}

/** A name that rules, logs and metrics can carry. */
export const name = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/, {
  error: 'is not a name; use letters, digits, dots, dashes and underscores, 63 at most',
})
