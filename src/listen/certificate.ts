import { readFileSync, watchFile, unwatchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { Logger } from '../log.ts'

interface CertificatePair {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface WatchedCertificate {
  readonly current: () => CertificatePair
  readonly onChange: (listener: (pair: CertificatePair) => void) => void
  readonly close: () => void
}

/** How often the files are looked at. Polling sees Kubernetes swap a symlink, where inotify may not. */
const pollIntervalMs = 5_000

/**
 * The listener's certificate and key, read again when either file changes. A pair that does not fit
 * together is logged and not used: the one in force stays.
 *
 * @throws when the files cannot be read or do not fit together at the start.
 */
export function watchCertificate(parts: {
  readonly certFile: string
  readonly keyFile: string
  readonly log: Logger
}): WatchedCertificate {
  let current = readPair(parts)
  const listeners: ((pair: CertificatePair) => void)[] = []
  const reload = () => {
    try {
      const pair = readPair(parts)
      if (pair.cert.equals(current.cert) && pair.key.equals(current.key)) return
      current = pair
      for (const listener of listeners) listener(pair)
      parts.log.info({ cert_file: parts.certFile }, 'the certificate was reloaded')
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      parts.log.error(
        { cert_file: parts.certFile, problem },
        'the new certificate is not usable; the old one stays',
      )
    }
  }
  const files = [parts.certFile, parts.keyFile]
  for (const file of files) watchFile(file, { interval: pollIntervalMs, persistent: false }, reload)
  return {
    current: () => current,
    onChange: (listener) => listeners.push(listener),
    close: () => {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}

function readPair(files: { readonly certFile: string; readonly keyFile: string }): CertificatePair {
  const pair = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) }
  createSecureContext(pair)
  return pair
}
