import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startDevServer } from '../../src/demo/dev-server.ts'
import { findTemporalCli } from '../../src/demo/temporal-cli.ts'

/** A real Temporal server for a test. It has no authorizer: whoever reaches it may do everything. */
export interface Temporal {
  /** `host:port` of the frontend, in clear text. */
  readonly address: string
  /** Path of the `temporal` CLI. */
  readonly cli: string
  readonly stop: () => Promise<void>
}

/** Starts a server with these namespaces, `default` unless given. Values of settings are JSON. */
export async function startTemporal(
  options: {
    readonly namespaces?: readonly string[]
    readonly dynamicConfig?: Readonly<Record<string, string>>
  } = {},
): Promise<Temporal> {
  const { namespaces = ['default'], dynamicConfig = {} } = options
  const environment = process.env
  const { signal } = new AbortController()
  const cli = await findTestCli()
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-temporal-'))
  const logFile = join(directory, 'temporal.log')
  const parts = { cli, namespaces, dynamicConfig, logFile, environment, signal }
  const server = await startDevServer(parts)
  return {
    address: server.address,
    cli,
    stop: async () => {
      await server.stop()
      await rm(directory, { recursive: true })
    },
  }
}

/** The path of the `temporal` CLI, which is installed if there is none. */
export async function findTestCli(): Promise<string> {
  const { signal } = new AbortController()
  const report = (line: string) => void process.stderr.write(`${line}\n`)
  return (await findTemporalCli({ environment: process.env, report, signal })).path
}
