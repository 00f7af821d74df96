import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { journalTrouble } from '../../audit/read-journal.ts'
import { checkShape } from '../../config/check-shape.ts'
import { formatProblem } from '../../config/problem.ts'
import { serviceShape } from '../../config/service-shape.ts'
import { settingsOf } from '../../config/settings-of.ts'
import { parseYaml, substituteEnvironment } from '../../config/yaml-file.ts'
import { readInput } from '../explain/input-file.ts'
import { UsageError } from '../explain/usage-error.ts'

/** What is looked for where neither a directory nor a service file is named. */
const defaultConfig = 'sallyport.yaml'

export interface PlaceOptions {
  /** Directories that were named. */
  readonly named: readonly string[]
  readonly config: string | undefined
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * The directory of the journal to read: the one that was named, or else that of the service file.
 *
 * @throws UsageError where there is none, or no journal in it.
 */
export async function journalPlace({ named, config, environment }: PlaceOptions): Promise<string> {
  const [directory, ...more] = named
  if (more.length > 0) {
    throw new UsageError(
      `name one directory, not ${named.length}: each replica has its own journal`,
    )
  }
  if (directory === undefined && config === undefined && !existsSync(defaultConfig)) {
    throw new UsageError('name the audit directory, or the service file with --config')
  }
  const place = directory ?? (await configuredPlace(config ?? defaultConfig, environment))
  const trouble = await journalTrouble(place)
  if (trouble !== undefined) throw new UsageError(trouble)
  return place
}

/** Of the service file only this counts, so it need not be on the host where its certificates are. */
async function configuredPlace(
  file: string,
  environment: PlaceOptions['environment'],
): Promise<string> {
  const { yaml, problems } = parseYaml(file, await readInput('--config', file))
  const unset = problems.length > 0 ? [] : substituteEnvironment(yaml, environment)
  const shaped = problems.length > 0 ? undefined : checkShape(yaml, serviceShape)
  const all = [...problems, ...unset, ...(shaped && !shaped.ok ? shaped.problems : [])]
  if (!shaped?.ok || all.length > 0) {
    throw new UsageError(['the service file cannot be used:', ...all.map(formatProblem)].join('\n'))
  }
  return settingsOf(shaped.value, dirname(resolve(file))).audit.directory
}
