import { fileURLToPath } from 'node:url'
import { bundleWorkflowCode, DefaultLogger, NativeConnection } from '@temporalio/worker'
import { Runtime, Worker, type LogEntry } from '@temporalio/worker'
import type { Test } from 'tap'
import * as activities from '../fixtures/activities.ts'
import type { RunningSallyport } from './sallyport.ts'

/** A real SDK worker that serves the workflows of `test/fixtures/workflows.ts` through Sallyport. */
export interface RunningWorker {
  /** Shuts the worker down; rejects if that, or anything before it, went wrong. */
  readonly stop: () => Promise<void>
  /** What the SDK warned of: a worker that is well warns of nothing. */
  readonly warnings: () => readonly string[]
}

const workflows = fileURLToPath(new URL('../fixtures/workflows.ts', import.meta.url))

/** Starts a worker over TLS with a token, as its authors would. To be called once in a process. */
export async function startWorker(
  t: Test,
  options: {
    readonly sallyport: RunningSallyport
    readonly token: string
    readonly namespace: string
    readonly taskQueue: string
  },
): Promise<RunningWorker> {
  const { sallyport, token, namespace, taskQueue } = options
  const warnings: string[] = []
  const logger = new DefaultLogger('WARN', ({ message, meta }: LogEntry) => {
    warnings.push(`${message} ${String(meta?.['error'] ?? '')}`)
  })
  // The shortest interval that it takes, so that heartbeats are seen in a test.
  Runtime.install({ logger, shutdownSignals: [], workerHeartbeatInterval: '1s' })
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: workflows, logger })
  const connection = await NativeConnection.connect({
    address: sallyport.address,
    apiKey: token,
    tls: { serverRootCACertificate: Buffer.from(sallyport.ca) },
  })
  const shared = { connection, namespace, taskQueue, activities }
  const worker = await Worker.create({ ...shared, workflowBundle })
  const running = worker.run()
  // Kept from being an unhandled rejection; `stop` tells.
  running.catch(() => undefined)
  let stopping: Promise<void> | undefined
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown()
    await running
    await connection.close()
  }
  const stopOnce = () => (stopping ??= stop())
  t.teardown(stopOnce)
  return { stop: stopOnce, warnings: () => warnings }
}
