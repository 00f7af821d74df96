import { closeSync, constants, fstatSync, openSync, write } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const writeTo = promisify(write)

/** A descriptor of the process that is written to without ever waiting for whoever reads it. */
export interface OutputFile {
  /** Resolves with how many bytes were taken: none while the reader has no room. */
  readonly write: (bytes: Uint8Array, signal: AbortSignal) => Promise<number>
  readonly close: () => void
}

/** How long to wait before looking whether there is room again. */
const pauseMs = 50

/**
 * Opens what a descriptor stands for. A pipe or a terminal is opened a second time, not to block: a write
 * that waits for its reader would hold one of the few threads that the journal's syncs need as well,
 * and changing the descriptor itself would change it for the log. Files and sockets are used as they are.
 */
export function openOutput(descriptor: number): OutputFile {
  const own = ownDescriptor(descriptor)
  const target = own ?? descriptor
  return {
    async write(bytes, signal) {
      signal.throwIfAborted()
      try {
        return (await writeTo(target, bytes)).bytesWritten
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
        await delay(pauseMs, undefined, { signal })
        return 0
      }
    },
    close: () => own !== undefined && closeSync(own),
  }
}

/** Undefined where it cannot be had: other systems have no such file, or it is of another user. */
function ownDescriptor(descriptor: number): number | undefined {
  const kind = fstatSync(descriptor)
  if (!kind.isFIFO() && !kind.isCharacterDevice()) return undefined
  const { O_WRONLY, O_APPEND, O_NONBLOCK, O_NOCTTY } = constants
  try {
    return openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY)
  } catch {
    return undefined
  }
}
