import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'

/** Standard output, as far as a command that writes much must know it. */
export interface OutputPipe {
  /** Resolves once the reader has taken enough for more to be written. */
  readonly drained: () => Promise<void>
  /** Aborted when nobody reads any longer, as with `| head`. */
  readonly signal: AbortSignal
  /** Stops watching, once what was written has had its chance to fail. */
  readonly close: () => Promise<void>
}

/** Watches a stream that lines are written to. A reader that leaves is no error: it has seen enough. */
export function watchOutput(stream: Writable): OutputPipe {
  const controller = new AbortController()
  const onError = (error: Error) => controller.abort(error)
  stream.on('error', onError)
  return {
    async drained() {
      if (!stream.writableNeedDrain || controller.signal.aborted) return
      const { signal } = controller
      await once(stream, 'drain', { signal }).catch(() => undefined)
    },
    signal: controller.signal,
    async close() {
      await setImmediate()
      stream.off('error', onError)
    },
  }
}
