import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { issuersNamedIn } from './assumed-issuers.ts'
import { checkShape } from './check-shape.ts'
import type { Problem } from './problem.ts'
import { serviceShape } from './service-shape.ts'
import { settingsOf } from './settings-of.ts'
import type { IssuerSettings } from './settings.ts'
import { parseYaml, substituteEnvironment } from './yaml-file.ts'

interface ServiceIssuers {
  readonly issuers: readonly IssuerSettings[]
  readonly policyFile: string
}

type LoadedIssuers =
  | ({ readonly ok: true } & ServiceIssuers)
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** The service file that is looked for where none is named. */
const defaultFile = 'sallyport.yaml'

/**
 * Finds out whose tokens a policy is about: from the service file, or, where a policy is given and there
 * is no service file, from the rules themselves.
 */
export async function loadIssuersFor(
  files: { readonly config?: string | undefined; readonly policy?: string | undefined },
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LoadedIssuers> {
  const { config, policy } = files
  if (config !== undefined || policy === undefined || existsSync(defaultFile)) {
    const loaded = await loadIssuers(config ?? defaultFile, environment)
    return loaded.ok ? { ...loaded, policyFile: policy ?? loaded.policyFile } : loaded
  }
  const text = await readFile(policy, 'utf8').catch(() => '')
  return { ok: true, issuers: issuersNamedIn(text), policyFile: policy }
}

/**
 * Loads what a service file says of a policy: which file it is, and whose tokens it is for. Certificates,
 * keys and secrets are not looked at, because a job that only reads the policy does not have them.
 */
export async function loadIssuers(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LoadedIssuers> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code
    const message = `cannot be read (${reason}); name the service file with --config`
    const problem: Problem = { code: 'file-unreadable', severity: 'error', file, path: '', message }
    return { ok: false, problems: [problem] }
  }
  const { yaml, problems } = parseYaml(file, text)
  if (problems.length > 0) return { ok: false, problems }
  const unset = substituteEnvironment(yaml, environment)
  const shaped = checkShape(yaml, serviceShape)
  if (!shaped.ok) return { ok: false, problems: [...unset, ...shaped.problems] }
  const { issuers, policyFile } = settingsOf(shaped.value, dirname(resolve(file)))
  return { ok: true, issuers, policyFile }
}
