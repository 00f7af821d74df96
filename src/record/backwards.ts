import { open, type FileHandle } from 'node:fs/promises'

const blockBytes = 256 * 1024
const newline = 0x0a

/** Reads the whole lines of a file from the last to the first, without their newlines. */
export async function* linesBackwards(path: string): AsyncGenerator<Buffer> {
  const file = await open(path, 'r')
  try {
    let rest: Buffer = Buffer.alloc(0)
    for (let end = (await file.stat()).size; end > 0; end -= blockBytes) {
      const start = Math.max(0, end - blockBytes)
      const block = Buffer.concat([await readBlock(file, start, end), rest])
      // What is behind the last newline of the file is no whole line.
      let lineEnd = rest.length > 0 ? block.length : block.lastIndexOf(newline) + 1
      for (let before = newlineBefore(block, lineEnd - 1); before >= 0;) {
        yield block.subarray(before + 1, lineEnd - 1)
        lineEnd = before + 1
        before = newlineBefore(block, before)
      }
      rest = block.subarray(0, lineEnd)
    }
    if (rest.length > 0) yield rest.subarray(0, -1)
  } finally {
    await file.close()
  }
}

/** Bytes of a file from `start` up to `end`, or as many of them as there are. */
export async function readBlock(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const block = Buffer.alloc(end - start)
  const { bytesRead } = await file.read(block, 0, block.length, start)
  return block.subarray(0, bytesRead)
}

/** Where the last newline in front of `limit` is, or -1. A negative offset would count from the end. */
function newlineBefore(block: Buffer, limit: number): number {
  return limit > 0 ? block.lastIndexOf(newline, limit - 1) : -1
}
