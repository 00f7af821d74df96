import { NoAnswer } from '../no-answer.ts'

const blockBytes = 512
/** What the twelve octal digits of a size can say, with room to spare. */
const sizeMax = 8 * 1024 ** 3 - 1

/** One file of an archive, before its bytes. */
export interface TarEntry {
  readonly name: string
  readonly bytes: number
}

/**
 * The header of a regular file, in the ustar format of POSIX.1: owned by nobody in particular and dated as
 * told, so that the same content makes the same archive. Throws where a name or size does not fit into it.
 */
export function tarHeader({ name, bytes }: TarEntry, atMs: number): Buffer {
  if (!/^[\x21-\x7e]{1,100}$/.test(name)) throw new NoAnswer(`${name} does not fit into an archive`)
  if (bytes > sizeMax) throw new NoAnswer(`${name} is too large for an archive: ${bytes} bytes`)
  const header = Buffer.alloc(blockBytes)
  header.write(name, 0, 'latin1')
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(octal(bytes), 124)
  header.write(octal(Math.max(0, Math.floor(atMs / 1000))), 136)
  header.write('        0', 148)
  header.write('ustar\u000000', 257)
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** What fills the last block of a file. */
export function tarPadding(bytes: number): Buffer {
  return Buffer.alloc((blockBytes - (bytes % blockBytes)) % blockBytes)
}

/** What ends an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * blockBytes)
}

/** The sum of a header's bytes, its own field taken for spaces. */
export function checksumOf(header: Uint8Array): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0)
}

function octal(value: number): string {
  return `${value.toString(8).padStart(11, '0')}\0`
}
