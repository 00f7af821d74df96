import { readFile } from 'node:fs/promises'

/**
 * Reads a token for the `authorization` header (RFC 6750). Rejects with a reason that repeats nothing of
 * the file: a line end within would otherwise come out as a header of its own, or in an error.
 */
export async function readBearerToken(file: string): Promise<string> {
  const token = (await readFile(file, 'utf8')).trim()
  if (!/^[!-~]+$/.test(token)) {
    throw new Error(`${file} must hold one token of printable ASCII, without spaces`)
  }
  return token
}
