import { open } from 'node:fs/promises'

/** A file that signed notes are added to. */
export interface NoteFile {
  /**
   * Adds a note to the end, made readable for all if the file is missing, and waits until it is on the
   * disk. An empty line follows, so that a reader tells notes apart. Rejects where it is not there for
   * certain; what was written of it is then taken back as far as possible.
   *
   * Nothing ends a write that a disk does not answer, so one that was given up goes on. The same note
   * then waits for it, and any other is refused: what is taken back would be cut from the other.
   */
  readonly append: (note: string) => Promise<void>
}

/** Adds notes to a file, one at a time. */
export function createNoteFile(file: string): NoteFile {
  let pending: { readonly note: string; readonly written: Promise<void> } | undefined

  async function write(note: string): Promise<void> {
    try {
      await appendNote(file, note)
    } finally {
      pending = undefined
    }
  }

  return {
    async append(note) {
      if (pending !== undefined && pending.note !== note) {
        throw new Error('a note before this one is still being written')
      }
      pending ??= { note, written: write(note) }
      await pending.written
    },
  }
}

async function appendNote(file: string, note: string): Promise<void> {
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
