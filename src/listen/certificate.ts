import { readFileSync } from 'node:fs'
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

/** How often the files are read again. */
const pollIntervalDefaultMs = 5_000

/**
 * The listener's certificate and key, read again while running: that sees a file system without
 * events, and a symlink that Kubernetes swaps. A pair that does not fit together is logged and not
 * used: the one in force stays.
 *
 * @throws when the files cannot be read or do not fit together at the start.
 */
export function watchCertificate(parts: {
  readonly certFile: string
  readonly keyFile: string
  readonly log: Logger
  readonly pollIntervalMs?: number
}): WatchedCertificate {
  const { certFile, log, pollIntervalMs = pollIntervalDefaultMs } = parts
  let current = readPair(parts)
  let trouble: string | undefined
  const listeners: ((pair: CertificatePair) => void)[] = []
  const reload = () => {
    try {
      const pair = readPair(parts)
      trouble = undefined
      if (pair.cert.equals(current.cert) && pair.key.equals(current.key)) return
      current = pair
      for (const listener of listeners) listener(pair)
      log.info({ cert_file: certFile }, 'the certificate was reloaded')
    } catch (error) {
      const { message: problem } = error as Error
      if (problem === trouble) return
      trouble = problem
      log.error(
        { cert_file: certFile, problem },
        'the new certificate is not usable; the old one stays',
      )
    }
  }
  const timer = setInterval(reload, pollIntervalMs).unref()
  return {
    current: () => current,
    onChange: (listener) => listeners.push(listener),
    close: () => clearInterval(timer),
  }
}

function readPair(files: { readonly certFile: string; readonly keyFile: string }): CertificatePair {
  const pair = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) }
  createSecureContext(pair)
  return pair
}
