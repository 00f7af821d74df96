import protobuf from 'protobufjs'

/** As much of opentelemetry-proto 1.x as log records take, written down from its files by field number. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
  message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
  message Scope { string name = 1; string version = 2; }
  message LogRecord {
    fixed64 time_unix_nano = 1;
    fixed64 observed_time_unix_nano = 11;
    int32 severity_number = 2;
    string severity_text = 3;
    AnyValue body = 5;
    repeated KeyValue attributes = 6;
    string event_name = 12;
  }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue {
    oneof value {
      string string_value = 1;
      bool bool_value = 2;
      int64 int_value = 3;
      double double_value = 4;
      ArrayValue array_value = 5;
      KeyValueList kvlist_value = 6;
    }
  }
  message ArrayValue { repeated AnyValue values = 1; }
  message KeyValueList { repeated KeyValue values = 1; }
  message ExportLogsServiceResponse { PartialSuccess partial_success = 1; }
  message PartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
`)

interface KeyValue {
  readonly key: string
  readonly value?: AnyValue
}

interface AnyValue {
  readonly stringValue?: string
  readonly boolValue?: boolean
  readonly intValue?: string
  readonly doubleValue?: number
  readonly arrayValue?: { readonly values?: readonly AnyValue[] }
  readonly kvlistValue?: { readonly values?: readonly KeyValue[] }
}

/** What a file exporter writes as JSON, and a request is in protobuf. */
export interface LogsRequest {
  readonly resourceLogs: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] }
    readonly scopeLogs: readonly {
      readonly scope: { readonly name: string }
      readonly logRecords: readonly {
        readonly timeUnixNano: string
        readonly observedTimeUnixNano: string
        readonly severityNumber: number
        readonly severityText: string
        readonly body: AnyValue
        readonly attributes: readonly KeyValue[]
        readonly eventName: string
      }[]
    }[]
  }[]
}

/** A log record as a reader of logs sees it. */
export interface ReadRecord {
  readonly resource: Readonly<Record<string, unknown>>
  readonly scope: string
  readonly time: string
  readonly observed: string
  readonly severity: readonly [number, string]
  readonly body: unknown
  readonly eventName: string
  readonly attributes: Readonly<Record<string, unknown>>
}

/** Reads a request of the OTLP logs service, by another library than the one that wrote it. */
export function decodeRequest(bytes: Uint8Array): LogsRequest {
  const type = root.lookupType('ExportLogsServiceRequest')
  return type.toObject(type.decode(bytes), { longs: String, arrays: true }) as LogsRequest
}

/** An answer of the OTLP logs service, in protobuf. */
export function encodeAnswer(partialSuccess: {
  readonly rejectedLogRecords?: number
  readonly errorMessage?: string
}): Buffer {
  const type = root.lookupType('ExportLogsServiceResponse')
  return Buffer.from(type.encode(type.fromObject({ partialSuccess })).finish())
}

/** The records of a request, each with what it shares with others. */
export function recordsOf(request: LogsRequest): ReadRecord[] {
  return request.resourceLogs.flatMap(({ resource, scopeLogs }) =>
    scopeLogs.flatMap(({ scope, logRecords }) =>
      logRecords.map((record) => ({
        resource: objectOf(resource.attributes),
        scope: scope.name,
        time: record.timeUnixNano,
        observed: record.observedTimeUnixNano,
        severity: [record.severityNumber, record.severityText] as const,
        body: plain(record.body),
        eventName: record.eventName,
        attributes: objectOf(record.attributes),
      })),
    ),
  )
}

function objectOf(pairs: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, plain(value)]))
}

function plain(value: AnyValue = {}): unknown {
  if (value.arrayValue) return (value.arrayValue.values ?? []).map((each) => plain(each))
  if (value.kvlistValue) return objectOf(value.kvlistValue.values ?? [])
  if (value.intValue !== undefined) return Number(value.intValue)
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? null
}
