import { rename, writeFile } from 'node:fs/promises'

/**
 * Writes a file for a person's shell to read: the variables of a job, its token, and the CLI that
 * the demo uses under its plain name. The file is the owner's alone and is replaced whole.
 */
export async function writeJobVariables(parts: {
  readonly file: string
  readonly cli: string
  readonly variables: Readonly<Record<string, string>>
}): Promise<void> {
  const exports = Object.entries(parts.variables).map(
    ([name, value]) => `export ${name}=${quoted(value)}\n`,
  )
  const command = `temporal() { ${quoted(parts.cli)} "$@"; }\n`
  const draft = `${parts.file}.new`
  await writeFile(draft, [...exports, command].join(''), { mode: 0o600 })
  await rename(draft, parts.file)
}

/** Within single quotes a shell takes everything as it is, but for the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
