import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
  type LogEntry,
} from '@temporalio/worker'
import { sumEntries } from './activities.ts'
import { SetupFailure } from './setup-failure.ts'
import { createShutdown, type Shutdown } from './shutdown.ts'

/** A real worker that serves `LedgerRollup`. */
export interface LedgerWorker {
  /** Goes on with another token: one lives an hour. */
  readonly renew: (token: string) => Promise<void>
  readonly stop: () => Promise<void>
}

export interface WorkerParts {
  readonly address: string
  readonly namespace: string
  readonly taskQueue: string
  readonly token: string
  readonly caFile: string
  readonly log: (line: string) => void
}

const workflows = new URL(`./workflows${import.meta.url.slice(-3)}`, import.meta.url)

/** Connects a worker over TLS with a token, as the SDK of any language would, and starts it. */
export async function startLedgerWorker(parts: WorkerParts): Promise<LedgerWorker> {
  const shutdown = createShutdown(parts.log)
  try {
    const { connection, worker } = await connect(parts, shutdown)
    const { promise: stopping, resolve: stop } = Promise.withResolvers<void>()
    const running = worker
      .runUntil(stopping)
      .catch((error: unknown) => parts.log(`the worker ended: ${String(error)}`))
    shutdown.add(async () => {
      stop()
      await running
    })
    return { renew: (token) => connection.setApiKey(token), stop: shutdown.run }
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

async function connect(parts: WorkerParts, shutdown: Shutdown) {
  const { address, namespace, taskQueue, token, caFile, log } = parts
  const logger = new DefaultLogger('WARN', ({ level, message }: LogEntry) =>
    log(`${level} ${message}`),
  )
  // Without this the SDK would stop the worker on Ctrl-C, in the midst of our own orderly end.
  const runtime = Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
  })
  shutdown.add(() => runtime.shutdown())
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(workflows),
    logger,
  })
  const tls = { serverRootCACertificate: await readFile(caFile) }
  const connection = await NativeConnection.connect({ address, apiKey: token, tls })
  shutdown.add(() => connection.close())
  // Worker.create asks too, but when the answer is no it leaves a thread that keeps the process up.
  await connection.workflowService.describeNamespace({ namespace }).catch((error: unknown) => {
    throw new SetupFailure(
      `The worker may not connect to namespace ${namespace}: ${String(error)}. ` +
        `The policy must give it the role worker: see the rule ledger-worker in config/policy.yaml.`,
    )
  })
  const activities = { sumEntries }
  const options = { connection, namespace, taskQueue, workflowBundle, activities }
  return { connection, worker: await Worker.create(options) }
}
