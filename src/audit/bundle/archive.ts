import { createHash, hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import { NoAnswer } from '../no-answer.ts'
import { tarEnd, tarHeader, tarPadding, type TarEntry } from './tar.ts'

/** A file on its way into an archive. */
export interface ArchiveFile extends TarEntry {
  readonly sha256: string
  readonly content: () => AsyncIterable<Buffer> | Iterable<Buffer>
}

/** A file of these bytes. */
export function fileOf(name: string, bytes: Buffer): ArchiveFile {
  return { name, bytes: bytes.length, sha256: hash('sha256', bytes), content: () => [bytes] }
}

/** A file of a part of another, which is read twice: for its SHA-256, and for the archive. */
export async function filePart(
  name: string,
  { path, begin, end }: { readonly path: string; readonly begin: number; readonly end: number },
): Promise<ArchiveFile> {
  const content = (): AsyncIterable<Buffer> =>
    createReadStream(path, { start: begin, end: end - 1 })
  const sum = createHash('sha256')
  for await (const block of content()) sum.update(block)
  return { name, bytes: end - begin, sha256: sum.digest('hex'), content }
}

/**
 * Writes a gzipped tar archive that is its owner's alone. Nothing is left of it where that fails; a file
 * that is there already is left alone, and is a reason to fail.
 */
export async function writeArchive(
  path: string,
  files: readonly ArchiveFile[],
  atMs: number,
): Promise<void> {
  const target = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  let isMade = false
  target.once('open', () => {
    isMade = true
  })
  try {
    await pipeline(Readable.from(blocksOf(files, atMs)), createGzip(), target)
  } catch (error) {
    if (isMade) await rm(path, { force: true })
    throw error
  }
}

async function* blocksOf(files: readonly ArchiveFile[], atMs: number): AsyncGenerator<Buffer> {
  for (const file of files) {
    yield tarHeader(file, atMs)
    let bytes = 0
    const sum = createHash('sha256')
    for await (const block of file.content()) {
      bytes += block.length
      sum.update(block)
      yield block
    }
    if (bytes !== file.bytes || sum.digest('hex') !== file.sha256) {
      throw new NoAnswer(`${file.name} was changed while it was read; try again`)
    }
    yield tarPadding(bytes)
  }
  yield tarEnd()
}
