import { JournalRewritten } from '../../record/journal-fault.ts'
import { printable } from '../../identify/printable.ts'
import { UsageError } from '../explain/usage-error.ts'
import type { Terminal } from '../terminal.ts'

/** Faults that are told one by one; a journal that was edited may have as many as it has lines. */
const toldMax = 3

/** Faults that are remembered, so that another pass over the journal does not count them again. */
const rememberedMax = 10_000

/** Longest account of a fault, in characters. */
const accountMax = 500

/** Tells on standard error what is wrong with a journal that is read for something else than that. */
export function faultNotes(command: string, terminal: Terminal) {
  const remembered = new Set<string>()
  let count = 0

  const tell = (message: string) => {
    terminal.err(`sallyport audit ${command}: ${printable(message, accountMax)}`)
  }

  return {
    note: (message: string): void => {
      if (remembered.has(message)) return
      if (remembered.size < rememberedMax) remembered.add(message)
      count += 1
      if (count <= toldMax) tell(message)
    },
    /** The exit code: 1 where something was wrong, after saying what to do about it. */
    summary: (): number => {
      if (count === 0) return 0
      tell(
        `${count} fault${count === 1 ? '' : 's'} in the journal; sallyport audit verify says everything about them`,
      )
      return 1
    },
    /** The exit code for an error that ended the command. What is no failure of reading is thrown on. */
    failure: (error: unknown): number => {
      if (error instanceof UsageError) {
        terminal.err(`sallyport audit ${command}: ${error.message}`)
        return 2
      }
      if (error instanceof JournalRewritten) {
        tell(`${error.message}; run sallyport audit verify`)
        return 1
      }
      const { code, syscall, path = 'the journal' } = error as NodeJS.ErrnoException
      if (code === undefined || syscall === undefined) throw error
      tell(`${path} cannot be read (${code}); run it as the user that owns the journal`)
      return 2
    },
  }
}
