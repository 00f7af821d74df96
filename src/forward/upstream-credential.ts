import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Metadata } from '../core/call.ts'
import type { UpstreamSettings } from '../config/settings.ts'
import type { Logger } from '../log.ts'

/** How Sallyport presents itself to the upstream, beside its TLS certificate. */
export interface UpstreamCredential {
  readonly metadata: () => Metadata
  readonly close: () => void
}

/** How often a key file is read again, so that a rotated key is used within this time. */
const rereadIntervalDefaultMs = 10_000

/**
 * Presents nothing, or an API key from a file that is read again while running.
 *
 * @throws when the key file cannot be read, or is empty, at the start.
 */
export function createUpstreamCredential(parts: {
  readonly credential: UpstreamSettings['credential']
  readonly log: Logger
  readonly rereadIntervalMs?: number
}): UpstreamCredential {
  const { credential, log, rereadIntervalMs = rereadIntervalDefaultMs } = parts
  if (credential.kind === 'none') return { metadata: () => [], close: () => undefined }
  const { file } = credential
  let metadata = asMetadata(readFileSync(file, 'utf8'), file)
  const reread = async () => {
    try {
      metadata = asMetadata(await readFile(file, 'utf8'), file)
    } catch (error) {
      const { message: problem } = error as Error
      log.error(
        { file, problem },
        'the upstream API key could not be read again; the old one stays',
      )
    }
  }
  const timer = setInterval(() => void reread(), rereadIntervalMs).unref()
  return { metadata: () => metadata, close: () => clearInterval(timer) }
}

function asMetadata(text: string, file: string): Metadata {
  const key = text.trim()
  if (!/^[!-~]+$/.test(key)) {
    throw new Error(`${file} must hold one API key, without spaces, and nothing else`)
  }
  return [['authorization', `Bearer ${key}`]]
}
