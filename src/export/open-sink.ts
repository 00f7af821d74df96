import type { ExportSettings } from '../config/audit-settings.ts'
import { createOtlpSink } from './otlp.ts'
import type { Sink } from './sink.ts'
import { createStdoutSink } from './stdout.ts'
import { createSyslogSink } from './syslog.ts'
import { createWebhookSink } from './webhook.ts'

export interface SinkParts {
  /** Of Sallyport, for receivers to see. */
  readonly version: string
  readonly now: () => number
}

/** Creates the sink that an export's settings ask for. Nothing is read or connected before it delivers. */
export function openSink(settings: ExportSettings, { version, now }: SinkParts): Sink {
  const userAgent = `sallyport/${version}`
  switch (settings.to) {
    case 'stdout':
      return createStdoutSink({ format: settings.format, descriptor: 1 })
    case 'webhook':
      return createWebhookSink({ ...settings, userAgent, now })
    case 'otlp':
      return createOtlpSink({ ...settings, userAgent, now })
    case 'syslog':
      return createSyslogSink(settings)
  }
}
