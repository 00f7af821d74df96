import { dirname, resolve } from 'node:path'
import { issuersNamedIn } from '../../config/assumed-issuers.ts'
import { checkShape } from '../../config/check-shape.ts'
import { loadPolicy } from '../../config/load.ts'
import { formatProblem, type Problem } from '../../config/problem.ts'
import { serviceShape } from '../../config/service-shape.ts'
import { settingsOf } from '../../config/settings-of.ts'
import type { IssuerSettings, Settings } from '../../config/settings.ts'
import { parseYaml, substituteEnvironment } from '../../config/yaml-file.ts'
import type { Policy } from '../../core/policy.ts'
import { readInput } from './input-file.ts'
import type { ExplainOptions } from './options.ts'
import { createPlaces, type FindPlace } from './policy-places.ts'
import { UsageError } from './usage-error.ts'

/** A policy, where its rules stand, and whose tokens it is about. */
export interface PolicySource {
  readonly file: string
  readonly policy: Policy
  readonly placeOf: FindPlace
  readonly issuers: readonly IssuerSettings[]
  /** Whether the issuers' settings are made up, for want of a service file. */
  readonly isAssumed: boolean
  /** Where the service keeps its journal, if that is known. */
  readonly journal: string | undefined
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Loads the policy to explain. Of the service file only the issuers, the policy and the journal's place
 * count, so it need not be on the host where its certificates are.
 */
export async function loadSource(
  options: Pick<ExplainOptions, 'configFile' | 'policyFile'>,
  environment: Environment,
): Promise<PolicySource> {
  const { configFile } = options
  const settings =
    configFile === undefined ? undefined : await readSettings(configFile, environment)
  const file = options.policyFile ?? settings?.policyFile ?? 'policy.yaml'
  const text = await readInput('--policy', file)
  const { yaml } = parseYaml(file, text)
  const issuers = settings?.issuers ?? issuersNamedIn(text)
  const loaded = await loadPolicy({ file, issuers })
  if (!loaded.ok) throw unusable(loaded.problems)
  return {
    file,
    policy: loaded.policy,
    placeOf: createPlaces(yaml),
    issuers,
    isAssumed: settings === undefined,
    journal: settings?.audit.directory,
  }
}

async function readSettings(file: string, environment: Environment): Promise<Settings> {
  const { yaml, problems } = parseYaml(file, await readInput('--config', file))
  if (problems.length > 0) throw unusable(problems)
  const unset = substituteEnvironment(yaml, environment)
  const shaped = checkShape(yaml, serviceShape)
  if (!shaped.ok || unset.length > 0) {
    throw unusable([...unset, ...(shaped.ok ? [] : shaped.problems)])
  }
  return settingsOf(shaped.value, dirname(resolve(file)))
}

/** A policy with errors is not in force anywhere, so nothing can be said about it. */
function unusable(problems: readonly Problem[]): UsageError {
  return new UsageError(['the files cannot be used:', ...problems.map(formatProblem)].join('\n'))
}
