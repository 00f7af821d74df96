import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { SetupFailure } from './setup-failure.ts'

/** Where a file of `config/` is, the commented examples for operators that the demo really uses. */
export function configured(name: string): string {
  return fileURLToPath(new URL(`../../config/${name}`, import.meta.url))
}

/** A setting that must differ on this machine; without a value it is taken out. */
export interface Replacement {
  /** Names of fields, and places in lists. */
  readonly path: readonly (string | number)[]
  readonly value?: string | boolean
}

export interface ConfigurationParts {
  /** The service file that operators start from. */
  readonly serviceFile: string
  readonly policyFile: string
  /** Where the two files that the demo uses are written. */
  readonly directory: string
  readonly replacements: readonly Replacement[]
}

/** Writes the service file with its replacements, comments and all, and the policy as it is. */
export async function writeDemoConfiguration(parts: ConfigurationParts): Promise<string> {
  const { serviceFile, policyFile, directory, replacements } = parts
  const document = parseDocument(await readFile(serviceFile, 'utf8'))
  for (const { path, value } of replacements) {
    if (value === undefined) document.deleteIn(path)
    else document.setIn(path, value)
  }
  const file = join(directory, 'sallyport.yaml')
  await writeFile(file, document.toString())
  await copyFile(policyFile, join(directory, 'policy.yaml')).catch(
    (error: NodeJS.ErrnoException) => {
      throw new SetupFailure(`The policy ${policyFile} cannot be read (${error.code}).`, {
        cause: error,
      })
    },
  )
  return file
}

/** The audience that the jobs' tokens must carry, which stays what operators wrote. */
export async function audienceIn(serviceFile: string): Promise<string> {
  const document = parseDocument(await readFile(serviceFile, 'utf8'))
  return String(document.getIn(['issuers', 'gitlab', 'audience']))
}
