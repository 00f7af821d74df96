import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import type { Policy } from '../core/policy.ts'
import { gitlabClaims, gitlabPersonClaims } from '../identify/claims/gitlab.ts'
import { checkPolicy } from './check-policy.ts'
import { checkService } from './check-service.ts'
import { checkShape } from './check-shape.ts'
import { compilePolicy } from './compile-policy.ts'
import type { ClaimUse, KnownIssuer } from './known-issuer.ts'
import { policyShape, sections, type PolicyFile } from './policy-shape.ts'
import type { Problem } from './problem.ts'
import { serviceShape } from './service-shape.ts'
import { settingsOf } from './settings-of.ts'
import type { IssuerSettings, Settings } from './settings.ts'
import { parseYaml, substituteEnvironment, type YamlFile } from './yaml-file.ts'

type Loaded<T> =
  | ({ readonly ok: true } & T)
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** What the claims of every issuer are good for; GitLab is the one kind of issuer so far. */
const claims: ReadonlyMap<string, ClaimUse> = new Map(
  [...gitlabClaims].map(([name, { set }]) => [name, set]),
)

/** The same of people, by the names that rules use. */
const people: ReadonlyMap<string, ClaimUse> = new Map(
  [...gitlabPersonClaims].map(([name, { set, as }]) => [as ?? name, set]),
)

/** A policy that loaded, and what in it is likely not meant. */
interface LoadedPolicy {
  readonly policy: Policy
  readonly warnings: readonly Problem[]
}

/** Settings, and which file they are from. */
interface LoadedService {
  readonly settings: Settings
  /** `sha256:` and the hex digest of the service file as it is on disk, before variables are put in. */
  readonly configHash: string
}

/** Loads the service file and the policy that it names. Every problem of both is reported at once. */
export async function loadConfiguration(parts: {
  readonly file: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** A policy to use instead of the one that the service file names. */
  readonly policyFile?: string
}): Promise<Loaded<LoadedPolicy & LoadedService>> {
  const service = await loadService(parts.file, parts.environment)
  if (!service.ok) {
    // The policy that a service file names is anybody's guess while that file is broken.
    const alone = parts.policyFile && (await loadPolicy({ file: parts.policyFile }))
    return { ok: false, problems: [...service.problems, ...(alone ? problemsOf(alone) : [])] }
  }
  const { settings, configHash } = service
  const policyFile = parts.policyFile ?? settings.policyFile
  const policy = await loadPolicy({ file: policyFile, issuers: settings.issuers })
  const problems = [...service.problems, ...problemsOf(policy)]
  if (!policy.ok || service.problems.length > 0) return { ok: false, problems }
  return { ...policy, settings: { ...settings, policyFile }, configHash }
}

function problemsOf(policy: Loaded<LoadedPolicy>): readonly Problem[] {
  return policy.ok ? policy.warnings : policy.problems
}

/** Loads a service file. Settings are there even with problems, so that the policy can be checked too. */
async function loadService(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Loaded<LoadedService & { readonly problems: readonly Problem[] }>> {
  const read = await readYaml(file)
  if (!read.ok) return read
  const unset = substituteEnvironment(read.yaml, environment)
  const shaped = shapeOf(read, serviceShape)
  if (!shaped.ok) return { ok: false, problems: [...unset, ...shaped.problems] }
  const directory = dirname(resolve(file))
  const problems = [...unset, ...checkService(read.yaml, shaped.value, directory)]
  const settings = settingsOf(shaped.value, directory)
  return { ok: true, settings, configHash: read.hash, problems }
}

/**
 * Loads a policy file, whose rules may name these issuers. Without them, those that it names are taken
 * to be known, and not to be shared with strangers. Errors keep the policy from loading; warnings do not.
 */
export async function loadPolicy(parts: {
  readonly file: string
  readonly issuers?: readonly IssuerSettings[]
}): Promise<Loaded<LoadedPolicy>> {
  const read = await readYaml(parts.file)
  if (!read.ok) return read
  const shaped = shapeOf(read, policyShape)
  if (!shaped.ok) return shaped
  const issuers = parts.issuers ?? issuersNamedIn(shaped.value)
  const known = issuers.map(({ name, shared }): KnownIssuer => ({ name, shared, claims, people }))
  const problems = checkPolicy(read.yaml, shaped.value, known)
  if (problems.some(({ severity }) => severity === 'error')) return { ok: false, problems }
  const policy = compilePolicy(read.yaml, shaped.value, read.hash)
  return { ok: true, policy, warnings: problems }
}

function issuersNamedIn(content: PolicyFile): Pick<IssuerSettings, 'name' | 'shared'>[] {
  const entries = [...sections.flatMap(([section]) => content[section]), ...content.denials]
  const names = new Set(entries.flatMap(({ issuer }) => issuer ?? []))
  return [...names].map((name) => ({ name, shared: false }))
}

interface ReadFile {
  readonly yaml: YamlFile
  readonly hash: string
  readonly syntax: readonly Problem[]
}

async function readYaml(file: string): Promise<Loaded<ReadFile>> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    const message = `cannot be read (${(error as NodeJS.ErrnoException).code}); check the path`
    return {
      ok: false,
      problems: [{ code: 'file-unreadable', severity: 'error', file, path: '', message }],
    }
  }
  const hash = `sha256:${createHash('sha256').update(bytes).digest('hex')}`
  const { yaml, problems } = parseYaml(file, bytes.toString('utf8'))
  return { ok: true, yaml, hash, syntax: problems }
}

/** A file with broken syntax is not looked at any further: what it means is anybody's guess. */
function shapeOf<T>(read: ReadFile, shape: z.ZodType<T>) {
  if (read.syntax.length > 0) return { ok: false as const, problems: read.syntax }
  return checkShape(read.yaml, shape)
}
