import { hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A text that nobody guesses: 256 random bits, in characters that are safe in URLs and cookies. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Whether a text that somebody sent is the secret, in a time that says nothing of where they differ. */
export function isSecret(sent: unknown, secret: string): boolean {
  // Digests have one length, whatever was sent.
  return (
    typeof sent === 'string' &&
    timingSafeEqual(hash('sha256', sent, 'buffer'), hash('sha256', secret, 'buffer'))
  )
}
