import { formatEntry } from '../audit/format/format-entry.ts'
import type { ExportFormat } from '../config/audit-settings.ts'
import { openOutput, type OutputFile } from './output-file.ts'
import type { ExportedEntry, Sink } from './sink.ts'

export interface StdoutOptions {
  readonly format: ExportFormat
  /** The descriptor to write to: 1, except in tests. */
  readonly descriptor: number
}

/** POSIX's least PIPE_BUF that Linux goes beyond: so many bytes go into a pipe together or not at all. */
const pieceBytesMax = 4096

/**
 * Creates a sink that writes a line for each entry. Whole lines are written at once where they are short
 * enough, so that lines of the log do not come in between; a longer one may be interrupted.
 */
export function createStdoutSink({ format, descriptor }: StdoutOptions): Sink {
  let output: OutputFile | undefined
  let batch: readonly ExportedEntry[] | undefined
  let waiting: Uint8Array[] = []

  return {
    async deliver(entries, signal) {
      output ??= openOutput(descriptor)
      // What of this batch was written before an attempt failed is not written again.
      if (entries !== batch) waiting = piecesOf(entries, format)
      batch = entries
      for (let [next] = waiting; next !== undefined; [next] = waiting) {
        const bytes = await output.write(next, signal)
        if (bytes < next.length) waiting[0] = next.subarray(bytes)
        else waiting.shift()
      }
    },
    close: async () => output?.close(),
  }
}

/** Joins lines as long as they fit into one piece. */
function piecesOf(entries: readonly ExportedEntry[], format: ExportFormat): Uint8Array[] {
  const pieces: Uint8Array[] = []
  let texts = ''
  for (const { line, entry } of entries) {
    const text = `${formatEntry(format, line, entry)}\n`
    if (texts !== '' && Buffer.byteLength(texts + text) > pieceBytesMax) {
      pieces.push(Buffer.from(texts))
      texts = ''
    }
    texts += text
  }
  pieces.push(Buffer.from(texts))
  return pieces
}
