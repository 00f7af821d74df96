import type { FileHandle } from 'node:fs/promises'

/** Read at once. Four times the longest line, so what has no newline in it is no line of a journal. */
const blockBytes = 256 * 1024

/**
 * Reads the whole lines from an offset on, at most so many, without their newlines. What follows the
 * last newline is left for later; a block without any newline comes as if it were a line.
 */
export async function readWholeLines(
  file: FileHandle,
  offset: number,
  linesMax: number,
): Promise<readonly Buffer[]> {
  const block = Buffer.allocUnsafe(blockBytes)
  const { bytesRead } = await file.read(block, 0, blockBytes, offset)
  const content = block.subarray(0, bytesRead)
  const lines: Buffer[] = []
  let start = 0
  while (lines.length < linesMax) {
    const end = content.indexOf(0x0a, start)
    if (end < 0) break
    lines.push(content.subarray(start, end))
    start = end + 1
  }
  return start === 0 && bytesRead === blockBytes ? [content] : lines
}

/** How many bytes of its file a line takes: one more for its newline, if it has one. */
export function bytesOf(line: Uint8Array): number {
  return line.length === blockBytes ? blockBytes : line.length + 1
}
