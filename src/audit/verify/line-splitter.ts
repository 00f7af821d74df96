const newline = 0x0a
/** No entry has more than 64 KiB. A longer line is none, whatever follows, and only this much of it is kept. */
const keptBytesMax = 1024 ** 2

/** Cuts the bytes of a file into its lines. */
export interface LineSplitter {
  /** Takes the next bytes, and hands over the lines that they end. */
  readonly push: (bytes: Buffer) => void
  /** Bytes behind the last newline; the splitter then begins anew. */
  readonly end: () => number
}

/**
 * Cuts bytes into lines with little copying: a line that is handed over is a view on the bytes that were
 * pushed, so it is good for the time of the call only. It comes without its newline, and with the number of
 * bytes that it takes up in the file.
 */
export function createLineSplitter(
  onLine: (line: Buffer, fileBytes: number) => void,
): LineSplitter {
  let pieces: Buffer[] = []
  let pieceBytes = 0

  function keep(piece: Buffer): void {
    if (pieceBytes <= keptBytesMax && piece.length > 0) pieces.push(Buffer.from(piece))
    pieceBytes += piece.length
  }

  function clear(): void {
    pieces = []
    pieceBytes = 0
  }

  return {
    push(bytes) {
      let start = 0
      for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
        const piece = bytes.subarray(start, end)
        const fileBytes = pieceBytes + piece.length + 1
        onLine(pieces.length === 0 ? piece : Buffer.concat([...pieces, piece]), fileBytes)
        clear()
        start = end + 1
      }
      keep(bytes.subarray(start))
    },
    end() {
      const rest = pieceBytes
      clear()
      return rest
    },
  }
}
