import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseVerifierKey, type NoteVerifier } from '../../record/signed-note.ts'
import { NoAnswer } from '../no-answer.ts'

/**
 * Reads keys as they are given on a command line: `name+hash+base64`, or a file with such lines.
 *
 * @throws NoAnswer where one is neither, with words that say what to write.
 */
export function readKeys(given: readonly string[]): readonly NoteVerifier[] {
  return given.flatMap((text) => parseVerifierKey(text) ?? keysIn(text))
}

/** The keys that a journal has lying beside it. Who can change the journal can change these. */
export function keysBeside(directory: string): readonly NoteVerifier[] {
  const file = join(directory, 'signing-key.pub')
  return existsSync(file)
    ? parseKeys(readFileSync(file, 'utf8')).filter((key) => key !== undefined)
    : []
}

/** The keys of a text, one a line; undefined for a line that is none. Comments begin with `#`. */
export function parseKeys(text: string): readonly (NoteVerifier | undefined)[] {
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseVerifierKey)
}

function keysIn(file: string): readonly NoteVerifier[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new NoAnswer(
      `--key ${file} is no key, nor a file that can be read (${code}); write one such as the line in signing-key.pub`,
      { cause: error },
    )
  }
  const keys = parseKeys(text)
  if (keys.length > 0 && keys.every((key) => key !== undefined)) return keys
  throw new NoAnswer(
    `--key ${file} holds something that is no key; write one a line: name+hash+base64, as in signing-key.pub`,
  )
}
