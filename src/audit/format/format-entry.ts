import type { ExportFormat } from '../../config/audit-settings.ts'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { cloudEventLine } from './cloud-event.ts'
import { ocsfOf } from './ocsf.ts'
import { safeJson } from './safe-json.ts'

/**
 * An entry as one line of JSON without its line end: as the journal has it, or converted. The same entry
 * always comes to the same line. Never throws, whatever the entry is.
 */
export function formatEntry(format: ExportFormat, line: string, entry: RecordedEntry): string {
  switch (format) {
    case 'native':
      return line
    case 'ocsf':
      return safeJson(ocsfOf(entry, line))
    case 'cloudevents':
      return cloudEventLine(line, entry)
  }
}
