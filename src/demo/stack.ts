import { createWriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadConfiguration } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { createLog } from '../log.ts'
import { startService } from '../service.ts'
import { writeCertificates } from './certificates.ts'
import { audienceIn, writeDemoConfiguration, type Replacement } from './demo-configuration.ts'
import type { DemoDirectory } from './demo-directory.ts'
import { startDevServer } from './dev-server.ts'
import { freePort } from './free-port.ts'
import { startIssuer, type Issuer } from './issuer.ts'
import { taskQueue } from './pipeline.ts'
import { SetupFailure } from './setup-failure.ts'
import { createShutdown, type Shutdown } from './shutdown.ts'
import { findTemporalCli, type Search } from './temporal-cli.ts'
import { startLedgerWorker } from './worker.ts'

/** Everything that the pipeline needs, running on this machine. */
export interface Stack {
  /** Path of the `temporal` CLI. */
  readonly cli: string
  /** Where the Temporal server listens, behind Sallyport. */
  readonly serverAddress: string
  /** The variables of a job, apart from its token. */
  readonly variables: Readonly<Record<string, string>>
  readonly mint: Issuer['mint']
  readonly replacements: readonly Replacement[]
  readonly stop: () => Promise<void>
}

export interface StackParts extends Search {
  readonly directory: DemoDirectory
  /** A policy to use instead of the one in `config/`. */
  readonly policyFile: string | undefined
  readonly version: string
  /** Told what runs, and where, as soon as it does. */
  readonly ready: (what: string, where: string) => void
}

export const namespace = 'payments'

/** Half of a token's life, so that a demo left running over lunch still works afterwards. */
const renewalIntervalMs = 30 * 60_000

const configured = (name: string) => fileURLToPath(new URL(`../../config/${name}`, import.meta.url))

/** Starts everything in order, or nothing: what had been started is stopped when the rest cannot be. */
export async function startStack(parts: StackParts): Promise<Stack> {
  const shutdown = createShutdown(parts.report)
  try {
    return await startAll(parts, shutdown)
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

async function startAll(parts: StackParts, shutdown: Shutdown): Promise<Stack> {
  const { directory, environment, signal, ready } = parts
  const cli = await findTemporalCli(parts)
  ready(`temporal ${cli.version}`, cli.path)

  const logFile = directory.file('temporal.log')
  const namespaces = [namespace]
  const server = await startDevServer({ cli: cli.path, namespaces, logFile, environment, signal })
  shutdown.add(server.stop)
  ready('Temporal dev server', `${server.address}, namespace ${namespace}`)

  const audience = await audienceIn(configured('sallyport.yaml'))
  const issuer = await startIssuer({ audience, now: Date.now })
  shutdown.add(issuer.stop)
  ready('OpenID issuer', `${issuer.url}, in the place of gitlab.com`)

  const replacements = await chooseReplacements(server.address, issuer.url)
  const address = await startSallyport({ ...parts, replacements, shutdown })
  ready('Sallyport', `${address}, TLS, ${directory.shown('sallyport.yaml')}`)

  const variables = {
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: directory.shown('ca.crt'),
  }
  const log = createWriteStream(directory.file('worker.log'))
  const worker = await startLedgerWorker({
    address,
    namespace,
    taskQueue,
    token: await issuer.mint('worker'),
    caFile: directory.file('ca.crt'),
    log: (line) => void log.write(`${line}\n`),
  })
  shutdown.add(worker.stop)
  ready('Ledger worker', 'connected through Sallyport with the token of a job of its own')

  const renew = async () => {
    await worker.renew(await issuer.mint('worker'))
    await writeJobVariables({
      directory,
      cli: cli.path,
      variables,
      token: await issuer.mint('rollup'),
    })
  }
  await renew()
  const timer = setInterval(() => void renew().catch(parts.report), renewalIntervalMs)
  shutdown.add(async () => clearInterval(timer))
  return {
    cli: cli.path,
    serverAddress: server.address,
    variables,
    mint: issuer.mint,
    replacements,
    stop: shutdown.run,
  }
}

/** What cannot be on this machine as it is in `config/sallyport.yaml`. */
async function chooseReplacements(upstream: string, issuer: string): Promise<Replacement[]> {
  return [
    { path: ['listen', 'address'], value: `127.0.0.1:${await freePort(7443)}` },
    { path: ['upstream', 'address'], value: upstream },
    { path: ['upstream', 'tls'] },
    { path: ['upstream', 'plaintext'], value: true },
    { path: ['issuers', 'gitlab', 'url'], value: issuer },
    { path: ['ops', 'address'], value: `127.0.0.1:${await freePort(9443)}` },
  ]
}

async function startSallyport(
  parts: StackParts & { replacements: readonly Replacement[]; shutdown: Shutdown },
): Promise<string> {
  const { directory, environment, replacements, version, shutdown } = parts
  await writeCertificates(directory.path)
  const file = await writeDemoConfiguration({
    serviceFile: configured('sallyport.yaml'),
    policyFile: parts.policyFile ?? configured('policy.yaml'),
    directory: directory.path,
    replacements,
  })
  const loaded = await loadConfiguration({ file, environment })
  if (!loaded.ok) {
    throw new SetupFailure(
      ['Sallyport does not start with these files:', ...loaded.problems.map(formatProblem)].join(
        '\n',
      ),
    )
  }
  const { settings, policy } = loaded
  const destination = createWriteStream(directory.file('sallyport.log'))
  const log = createLog({ level: settings.log.level, destination })
  const service = await startService({ settings, policy, log, version })
  shutdown.add(service.stop)
  return `${service.address.host}:${service.address.port}`
}

/** A file to `source` in a shell: the variables of the pipeline's first job, with a fresh token. */
async function writeJobVariables(parts: {
  readonly directory: DemoDirectory
  readonly cli: string
  readonly variables: Readonly<Record<string, string>>
  readonly token: string
}): Promise<void> {
  const lines = Object.entries({ ...parts.variables, TEMPORAL_API_KEY: parts.token }).map(
    ([name, value]) => `export ${name}='${value}'\n`,
  )
  const path = `export PATH='${dirname(parts.cli)}':"$PATH"\n`
  await writeFile(parts.directory.file('job.env'), [...lines, path].join(''), { mode: 0o600 })
}
