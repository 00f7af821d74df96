/** An entry on its way out: its line as the journal has it, and the same parsed. */
export interface ExportedEntry {
  readonly seq: number
  readonly line: string
  readonly entry: Readonly<Record<string, unknown>>
}

/** A place that entries are sent on to. */
export interface Sink {
  /**
   * Resolves once the other side has taken all of the batch. Rejects with an error that says why not;
   * the very same batch then comes again, so the other side tells entries apart by their `id`. Must
   * reject soon after the signal is aborted.
   */
  readonly deliver: (batch: readonly ExportedEntry[], signal: AbortSignal) => Promise<void>
  readonly close: () => Promise<void>
}
