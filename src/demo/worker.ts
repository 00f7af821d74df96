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
  const logger = new DefaultLogger('WARN', ({ level, message }: LogEntry) =>
    parts.log(`${level} ${message}`),
  )
  // Without this the SDK would stop the worker on Ctrl-C, in the midst of our own orderly end.
  const runtime = Runtime.install({ logger, shutdownSignals: [] })
  const connection = await NativeConnection.connect({
    address: parts.address,
    apiKey: parts.token,
    tls: { serverRootCACertificate: await readFile(parts.caFile) },
  })
  try {
    const worker = await Worker.create({
      connection,
      namespace: parts.namespace,
      taskQueue: parts.taskQueue,
      workflowBundle: await bundleWorkflowCode({ workflowsPath: fileURLToPath(workflows), logger }),
      activities: { sumEntries },
    })
    const running = worker.run().catch((error: unknown) => parts.log(`ERROR ${String(error)}`))
    return {
      renew: (token) => connection.setApiKey(token),
      stop: async () => {
        if (worker.getState() === 'RUNNING') worker.shutdown()
        await running
        await connection.close()
        await runtime.shutdown()
      },
    }
  } catch (error) {
    await connection.close()
    throw error
  }
}
