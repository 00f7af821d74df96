type Write = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** The part of the service's log that exports use; in a thread of their own it is a channel to it. */
export interface ExportLog {
  readonly info: Write
  readonly warn: Write
  readonly error: Write
}
