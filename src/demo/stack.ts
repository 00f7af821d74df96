import { createWriteStream } from 'node:fs'
import { audienceIn, configured, type Replacement } from './demo-configuration.ts'
import type { DemoDirectory } from './demo-directory.ts'
import { startDevServer } from './dev-server.ts'
import { startIssuer, type Issuer } from './issuer.ts'
import { writeJobVariables } from './job-variables.ts'
import { taskQueue } from './pipeline.ts'
import { startSallyport } from './sallyport.ts'
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
  readonly reviewUrl: string
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

  const sallyport = await startSallyport({
    ...parts,
    upstream: server.address,
    issuer: issuer.url,
  })
  shutdown.add(sallyport.stop)
  const { address, reviewUrl, replacements } = sallyport
  ready('Sallyport', `${address}, TLS, ${directory.shown('sallyport.yaml')}`)
  ready('Review page', `${reviewUrl}, live while this runs`)

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
    const jobVariables = { ...variables, TEMPORAL_API_KEY: await issuer.mint('rollup') }
    const file = directory.file('job.env')
    await writeJobVariables({ file, cli: cli.path, variables: jobVariables })
  }
  await renew()
  const timer = setInterval(() => void renew().catch(parts.report), renewalIntervalMs)
  shutdown.add(async () => clearInterval(timer))
  return {
    cli: cli.path,
    serverAddress: server.address,
    variables,
    mint: issuer.mint,
    reviewUrl,
    replacements,
    stop: shutdown.run,
  }
}
