/** What shows how far something is: standard error, where a person looks on. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined
  readonly write: (text: string) => unknown
}

/** A bar that is drawn anew as work goes on. */
export interface Progress {
  readonly show: (done: { readonly bytes: number; readonly totalBytes: number }) => void
  /** Takes the bar away. */
  readonly clear: () => void
}

const barLength = 24
const redrawMs = 100

/** Draws on a terminal, and nowhere else: bytes and a rate, ten times a second at most. */
export function createProgress(
  stream: ProgressStream,
  now: () => number = () => performance.now(),
): Progress {
  const startMs = now()
  let drawnMs = -Infinity
  return {
    show({ bytes, totalBytes }) {
      const atMs = now()
      if (!stream.isTTY || atMs - drawnMs < redrawMs) return
      drawnMs = atMs
      const share = Math.min(1, bytes / Math.max(1, totalBytes))
      const full = Math.round(share * barLength)
      const bar = `${'#'.repeat(full)}${'.'.repeat(barLength - full)}`
      const rate = megabytes(bytes) / Math.max(0.001, (atMs - startMs) / 1000)
      const size = `${megabytes(bytes).toFixed(0)}/${megabytes(totalBytes).toFixed(0)} MB`
      stream.write(
        `\r[${bar}] ${(share * 100).toFixed(0)} % ${size} ${rate.toFixed(0)} MB/s\u001b[K`,
      )
    },
    clear() {
      if (drawnMs !== -Infinity) stream.write('\r\u001b[K')
    },
  }
}

function megabytes(bytes: number): number {
  return bytes / 1e6
}
