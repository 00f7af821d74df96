import { createHmac } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** What Standard Webhooks asks of a secret: 192 bits. */
const bytesMin = 24

/**
 * Reads the secrets of a webhook, one a line: `whsec_` and base64, as Standard Webhooks writes them, or
 * else the bytes of the line itself. Rejects with a reason that repeats nothing of the file.
 */
export async function readSecrets(file: string): Promise<readonly Buffer[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').map((line) => line.trim())
  const secrets = lines.filter((line) => line !== '').map(secretOf)
  if (secrets.length === 0 || secrets.some(({ length }) => length < bytesMin)) {
    throw new Error(
      `${file} must hold secrets of ${bytesMin} bytes or more, one a line; write one with: echo "whsec_$(openssl rand -base64 32)"`,
    )
  }
  return secrets
}

function secretOf(line: string): Buffer {
  const [, encoded] = /^whsec_(.*)$/.exec(line) ?? []
  return encoded === undefined ? Buffer.from(line) : Buffer.from(encoded, 'base64')
}

/**
 * The headers that sign a body, by every secret, so that a receiver may know either of two while one
 * takes the place of the other. Standard Webhooks 1.0; the time is in seconds since the epoch.
 */
export function signatureHeaders(
  secrets: readonly Buffer[],
  message: { readonly id: string; readonly timestamp: number; readonly body: string },
): Record<string, string> {
  const { id, timestamp, body } = message
  const signatures = secrets.map((secret) => {
    const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`)
    return `v1,${signature.digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  }
}
