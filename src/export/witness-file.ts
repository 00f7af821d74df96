import { open } from 'node:fs/promises'

/**
 * Adds a signed note to the end of a file, made readable for all if it is missing, and waits until it is
 * on the disk. An empty line follows, so that a reader tells notes apart. Rejects where it is not there
 * for certain; what was written of it is then taken back as far as possible.
 */
export async function appendNote(file: string, note: string): Promise<void> {
  const handle = await open(file, 'a', 0o644)
  try {
    const { size } = await handle.stat()
    try {
      await handle.writeFile(`${note}\n`)
      await handle.datasync()
    } catch (error) {
      await handle.truncate(size).catch(() => undefined)
      throw error
    }
  } finally {
    await handle.close()
  }
}
