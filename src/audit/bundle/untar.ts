import { checksumOf, type TarEntry } from './tar.ts'

const blockBytes = 512

/** Who is told of the files of an archive, one after the other. */
export interface TarVisitor {
  readonly begin: (entry: TarEntry) => void
  readonly bytes: (bytes: Buffer) => void
  readonly end: () => void
}

/** Reads an archive as its bytes come. Nothing is written anywhere. */
export interface Untar {
  /** Throws where the bytes are no archive of regular files. */
  readonly push: (bytes: Buffer) => void
  /** Throws where the archive is cut short. */
  readonly finish: () => void
}

/** Reads the ustar archives that bundles are, in constant memory. Other kinds of entries are refused. */
export function createUntar(visitor: TarVisitor): Untar {
  let kept: Buffer[] = []
  let keptBytes = 0
  /** Bytes of the file that are to come, and of its padding. */
  let [content, padding] = [0, 0]
  let hasEnded = false

  function header(bytes: Buffer): void {
    if (bytes.every((byte) => byte === 0)) {
      hasEnded = true
      return
    }
    const entry = readHeader(bytes)
    visitor.begin(entry)
    content = entry.bytes
    padding = (blockBytes - (content % blockBytes)) % blockBytes
    if (content === 0) visitor.end()
  }

  /** Takes what can be taken of some bytes. Returns how many that were. */
  function take(bytes: Buffer): number {
    if (content > 0) {
      const part = bytes.subarray(0, content)
      content -= part.length
      visitor.bytes(part)
      if (content === 0) visitor.end()
      return part.length
    }
    if (padding > 0) {
      const skipped = Math.min(padding, bytes.length)
      padding -= skipped
      return skipped
    }
    const part = bytes.subarray(0, blockBytes - keptBytes)
    kept.push(Buffer.from(part))
    keptBytes += part.length
    if (keptBytes < blockBytes) return part.length
    const block = Buffer.concat(kept)
    kept = []
    keptBytes = 0
    header(block)
    return part.length
  }

  return {
    push(bytes) {
      let at = 0
      while (at < bytes.length) at += hasEnded ? bytes.length : take(bytes.subarray(at))
    },
    finish() {
      if (!hasEnded) throw new Error('the archive is cut short')
    },
  }
}

function readHeader(header: Buffer): TarEntry {
  const text = (from: number, to: number) =>
    header.toString('latin1', from, to).replace(/\0.*$/s, '').trim()
  const size = text(124, 136)
  const isWhole = Number.parseInt(text(148, 156), 8) === checksumOf(header)
  if (!isWhole || text(257, 262) !== 'ustar' || !/^[0-7]{1,11}$/.test(size)) {
    throw new Error('not an archive in the ustar format')
  }
  if (text(156, 157) !== '0' || text(345, 500) !== '') {
    throw new Error('the archive holds something else than plain files')
  }
  return { name: text(0, 100), bytes: Number.parseInt(size, 8) }
}
