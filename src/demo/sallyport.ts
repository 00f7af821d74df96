import { createWriteStream } from 'node:fs'
import { loadConfiguration } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { createLog } from '../log.ts'
import { startService, type Service } from '../service.ts'
import { writeCertificates } from './certificates.ts'
import { configured, writeDemoConfiguration, type Replacement } from './demo-configuration.ts'
import type { DemoDirectory } from './demo-directory.ts'
import { freePort } from './free-port.ts'
import { SetupFailure } from './setup-failure.ts'

export interface SallyportParts {
  readonly directory: DemoDirectory
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** A policy to use instead of the one in `config/`. */
  readonly policyFile: string | undefined
  /** Address of the Temporal server. */
  readonly upstream: string
  /** URL of the issuer in the place of GitLab. */
  readonly issuer: string
}

export interface Sallyport {
  readonly address: string
  /** Where a browser on this machine finds the review page. */
  readonly reviewUrl: string
  readonly replacements: readonly Replacement[]
  readonly stop: () => Promise<void>
}

const usualPorts = { listen: 7443, ops: 9443 }
const anyPorts = { listen: 0, ops: 0 }

/** Starts Sallyport with the files in `config/`, on its usual ports unless they are taken. */
export async function startSallyport(
  parts: SallyportParts,
  ports = usualPorts,
): Promise<Sallyport> {
  await writeCertificates(parts.directory.path)
  const replacements = await chooseReplacements(parts, ports)
  try {
    const { address, opsAddress, stop } = await serve(parts, replacements)
    const reviewUrl = `http://${opsAddress.host}:${opsAddress.port}/review`
    return { address: `${address.host}:${address.port}`, reviewUrl, replacements, stop }
  } catch (error) {
    // Somebody may take a port between the look at it and its use: two demos started at once do.
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    if (!isTaken || ports === anyPorts) throw error
    return startSallyport(parts, anyPorts)
  }
}

/** What cannot be on this machine as it is in `config/sallyport.yaml`. */
async function chooseReplacements(
  { upstream, issuer }: SallyportParts,
  ports: typeof usualPorts,
): Promise<Replacement[]> {
  return [
    { path: ['listen', 'address'], value: `127.0.0.1:${await freePort(ports.listen)}` },
    { path: ['upstream', 'address'], value: upstream },
    { path: ['upstream', 'tls'] },
    { path: ['upstream', 'plaintext'], value: true },
    { path: ['issuers', 'gitlab', 'url'], value: issuer },
    // Elsewhere it is on another machine; here it is at least not beside the journal.
    { path: ['audit', 'checkpoints', 'witnesses', 0, 'file'], value: 'witness.txt' },
    { path: ['ops', 'address'], value: `127.0.0.1:${await freePort(ports.ops)}` },
  ]
}

async function serve(
  parts: SallyportParts,
  replacements: readonly Replacement[],
): Promise<Service> {
  const { directory, environment, version } = parts
  const file = await writeDemoConfiguration({
    serviceFile: configured('sallyport.yaml'),
    policyFile: parts.policyFile ?? configured('policy.yaml'),
    directory: directory.path,
    replacements,
  })
  const loaded = await loadConfiguration({ file, environment })
  if (!loaded.ok) {
    const problems = loaded.problems.map(formatProblem)
    throw new SetupFailure(['Sallyport does not start with these files:', ...problems].join('\n'))
  }
  const { settings, policy, configHash } = loaded
  const destination = createWriteStream(directory.file('sallyport.log'), { flags: 'a' })
  const log = createLog({ level: settings.log.level, destination })
  const runtime = process.version
  return startService({ settings, policy, log, version, configHash, runtime })
}
