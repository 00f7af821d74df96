import { formatEntry } from '../../audit/format/format-entry.ts'
import { textOf } from '../../audit/entry-facts.ts'
import type { ExportFormat } from '../../config/audit-settings.ts'
import { entrySeverity } from '../entry-severity.ts'
import type { ExportedEntry } from '../sink.ts'

/** RFC 5424, section 6.2.1: 13 is "log audit". */
const facility = 13
const severities = { info: 6, warn: 4, error: 3 }

/**
 * RFC 5424, section 7.2.2, wants an enterprise number behind the @. This one is set aside for
 * documentation (RFC 5612), since Sallyport has none of its own.
 */
const structureName = 'sallyport@32473'

/** Longer than any value that the journal writes there. */
const valueLengthMax = 128

/** RFC 5424, section 6.4: a message in UTF-8 starts with it. */
const byteOrderMark = '\ufeff'

/** An entry as one syslog message (RFC 5424) with its length in octets before it (RFC 5425, 4.3). */
export function syslogFrame({ seq, line, entry }: ExportedEntry, format: ExportFormat): Buffer {
  const header = [
    `<${facility * 8 + severities[entrySeverity(entry)]}>1`,
    timestampOf(textOf(entry, 'time')),
    headerValue(textOf(entry, 'replica'), 255),
    'sallyport',
    '-',
    headerValue(textOf(entry, 'kind'), 32),
  ].join(' ')
  const { id, kind, outcome } = entry
  const elements = Object.entries({ id, seq, kind, outcome }).map(parameter).join('')
  const text = formatEntry(format, line, entry)
  const message = Buffer.from(`${header} [${structureName}${elements}] ${byteOrderMark}${text}`)
  return Buffer.concat([Buffer.from(`${message.length} `), message])
}

/** Section 6.2.3: RFC 3339 with six digits at most below the second. */
function timestampOf(time = ''): string {
  const isTimestamp = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$/
  return isTimestamp.test(time) ? time : '-'
}

/** Section 6: printable ASCII without spaces, or a hyphen. */
function headerValue(text = '', lengthMax: number): string {
  return text.replaceAll(/[^!-~]/g, '_').slice(0, lengthMax) || '-'
}

/** Section 6.3.3: three characters are escaped. Control characters, which it leaves open, are replaced. */
function parameter([name, value]: [string, unknown]): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  const text = String(value)
    .slice(0, valueLengthMax)
    .replaceAll(/\p{Cc}/gu, '?')
    .replaceAll(/["\\\]]/g, '\\$&')
  return ` ${name}="${text}"`
}
