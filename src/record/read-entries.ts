import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { segmentPaths } from './directory.ts'
import { parsedEntry } from './parsed-entry.ts'

/** A line of a journal: the entry, or undefined where the line is none. */
export type ReadEntry = Readonly<Record<string, unknown>> | undefined

/**
 * Reads the entries of journals one after the other, in constant memory. A journal is a directory with
 * segments, or one file. Nothing is locked, so the service may go on writing.
 *
 * @throws when a journal cannot be read.
 */
export async function* readEntries(journals: readonly string[]): AsyncGenerator<ReadEntry> {
  for (const journal of journals) {
    const paths = (await stat(journal)).isDirectory() ? segmentPaths(journal) : [journal]
    for (const path of paths) {
      for await (const line of createInterface({ input: createReadStream(path) })) {
        yield parsedEntry(line)
      }
    }
  }
}
