import { pino, type DestinationStream, type Logger } from 'pino'

export type { Logger }

/** Names under which a secret could end up in a log line. Nothing should log them; this is the second net. */
const secretPaths = [
  'authorization',
  '*.authorization',
  'headers.authorization',
  'req.headers.authorization',
  'token',
  '*.token',
  'credential',
  '*.credential',
]

export interface LogOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Where lines go; standard output unless given. */
  readonly destination?: DestinationStream
}

/** The service's own log: JSON lines, with anything that is named like a secret taken out. */
export function createLog({ level, destination }: LogOptions): Logger {
  const options = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretPaths, censor: '[redacted]' },
  }
  return destination ? pino(options, destination) : pino(options)
}
