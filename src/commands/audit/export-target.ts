import { open, rename, rm } from 'node:fs/promises'
import { UsageError } from '../explain/usage-error.ts'
import type { Terminal } from '../terminal.ts'
import type { OutputPipe } from './output-pipe.ts'

/** Where exported lines go. Nothing more is taken before what was given is on its way. */
export interface ExportTarget {
  /** Takes whole lines, with their line ends. */
  readonly write: (text: string) => Promise<void>
  readonly end: () => Promise<void>
  /** Leaves nothing behind. */
  readonly discard: () => Promise<void>
}

/** Standard output. What was written stays written. */
export function standardOutput(terminal: Terminal, output: OutputPipe): ExportTarget {
  return {
    async write(text) {
      // The terminal ends its line itself.
      terminal.out(text.slice(0, -1))
      await output.drained()
    },
    end: output.drained,
    discard: async () => undefined,
  }
}

/**
 * A file, for its owner alone. It has its name only once everything is in it, so that half an export is
 * never taken for a whole one. Every method rejects with a UsageError where the file cannot be written.
 */
export async function openExportFile(file: string): Promise<ExportTarget> {
  const part = `${file}.part`
  const explain = (error: NodeJS.ErrnoException) => {
    throw new UsageError(`--out ${file} cannot be written (${error.code}); name another file`)
  }
  // What a killed export left may be somebody else's to read.
  await rm(part, { force: true }).catch(explain)
  const handle = await open(part, 'wx', 0o600).catch(explain)
  return {
    async write(text) {
      await handle.writeFile(text).catch(explain)
    },
    async end() {
      await handle.close()
      await rename(part, file).catch(explain)
    },
    async discard() {
      await handle.close()
      await rm(part, { force: true })
    },
  }
}
