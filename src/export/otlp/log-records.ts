import { SeverityNumber, type HrTime } from '@opentelemetry/api'
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs'
import { textOf, timeOf } from '../../audit/entry-facts.ts'
import { entrySeverity } from '../entry-severity.ts'
import type { ExportedEntry } from '../sink.ts'
import { logAttributes } from './attributes.ts'

type Resource = ReadableLogRecord['resource']

const severities = {
  info: { severityNumber: SeverityNumber.INFO, severityText: 'INFO' },
  warn: { severityNumber: SeverityNumber.WARN, severityText: 'WARN' },
  error: { severityNumber: SeverityNumber.ERROR, severityText: 'ERROR' },
}

const scope = { name: 'sallyport' }

/**
 * Entries as a request of the OTLP logs service, in protobuf. The body of each record is the line as the
 * journal has it, so that a receiver can check the chain. The same entries always come to the same bytes.
 */
export function encodeEntries(entries: readonly ExportedEntry[]): Uint8Array {
  const resources = new Map<string, Resource>()
  const records = entries.map((exported) => recordOf(exported, resources))
  // Undefined is what serializers of other signals may answer; this one always writes.
  return ProtobufLogsSerializer.serializeRequest(records) as Uint8Array
}

function recordOf(
  { line, entry }: ExportedEntry,
  resources: Map<string, Resource>,
): ReadableLogRecord {
  const hrTime = hrTimeOf(timeOf(entry) ?? 0)
  return {
    hrTime,
    // What makes a record and what observes it are the same; the time of sending would differ each time.
    hrTimeObserved: hrTime,
    ...severities[entrySeverity(entry)],
    eventName: `sallyport.${textOf(entry, 'kind') ?? 'entry'}`,
    body: line,
    attributes: logAttributes(entry),
    droppedAttributesCount: 0,
    resource: resourceOf(entry, resources),
    instrumentationScope: scope,
  }
}

/** One for each replica and version: after an update, a journal has entries of both versions. */
function resourceOf(entry: ExportedEntry['entry'], resources: Map<string, Resource>): Resource {
  const attributes = {
    'service.name': 'sallyport',
    'service.version': textOf(entry, 'version')?.toWellFormed(),
    'service.instance.id': textOf(entry, 'replica')?.toWellFormed(),
  }
  const key = JSON.stringify(attributes)
  const resource = resources.get(key) ?? resourceFromAttributes(attributes)
  resources.set(key, resource)
  return resource
}

/** 0, which OTLP takes for unknown, where the time is before 1970. */
function hrTimeOf(ms: number): HrTime {
  const time = Math.max(0, ms)
  return [Math.floor(time / 1000), (time % 1000) * 1_000_000]
}
