import { createHash, type Hash } from 'node:crypto'
import type { TarVisitor } from './untar.ts'

/** A file of a bundle that has been read. */
interface ReadFile {
  readonly bytes: number
  readonly sha256: string
}

/** Told of the lines' files, whose bytes are too many to keep. */
export interface EntriesReader {
  readonly begin: (segment: string) => void
  readonly bytes: (bytes: Buffer) => void
  readonly end: () => void
}

/** Takes a bundle apart while it is read. */
export interface BundleFiles {
  readonly visitor: TarVisitor
  /** The text of a small file; empty where there is none so far. */
  readonly text: (name: string) => string
  readonly sums: () => ReadonlyMap<string, ReadFile>
  /** Names of which there is more than one. */
  readonly doubles: () => readonly string[]
}

/** Small files are kept in memory; a bundle whose small files are large is refused. */
const textBytesMax = 64 * 1024 ** 2

/** Sums up each file, keeps the text of small ones, and hands on the bytes of entries. */
export function createBundleFiles(entries: EntriesReader): BundleFiles {
  const sums = new Map<string, ReadFile>()
  const texts = new Map<string, string>()
  const doubles: string[] = []
  let pieces: Buffer[] = []
  let textBytes = 0
  let file: { name: string; bytes: number; sum: Hash; isEntries: boolean } | undefined

  return {
    visitor: {
      begin({ name, bytes }) {
        const isEntries = /^entries\/\d{12}\.jsonl$/.test(name)
        file = { name, bytes, sum: createHash('sha256'), isEntries }
        if (sums.has(name)) doubles.push(name)
        if (isEntries) return entries.begin(name.slice('entries/'.length))
        textBytes += bytes
        if (textBytes > textBytesMax) throw new Error(`${name} is too large for a bundle`)
      },
      bytes(bytes) {
        file?.sum.update(bytes)
        if (file?.isEntries) entries.bytes(bytes)
        else pieces.push(Buffer.from(bytes))
      },
      end() {
        if (file) sums.set(file.name, { bytes: file.bytes, sha256: file.sum.digest('hex') })
        if (file?.isEntries) return entries.end()
        if (file) texts.set(file.name, Buffer.concat(pieces).toString('utf8'))
        pieces = []
      },
    },
    text: (name) => texts.get(name) ?? '',
    sums: () => sums,
    doubles: () => doubles,
  }
}
