import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import { freePort } from '../../src/demo/free-port.ts'
import { isListening } from './is-listening.ts'
import { lastWords, outsideTap, root, runOutsideTap } from './outside-tap.ts'
import { recordsOf, type LogsRequest, type ReadRecord } from './otlp-request.ts'
import { makeCertificate } from './certificate.ts'

/** A real OpenTelemetry collector on this machine. */
export interface Collector {
  readonly url: string
  readonly caFile: string
  /** Everything it has written to its file, over all the times it ran. */
  readonly records: () => readonly ReadRecord[]
  readonly start: () => Promise<void>
  /** Ends it as a crash would. */
  readonly kill: () => Promise<void>
}

/** The path of a collector, which is built if there is none; or, as an error, why there cannot be one. */
export async function findCollector(): Promise<string | Error> {
  try {
    const script = `${root}scripts/install-otel-collector.sh`
    return (await runOutsideTap(root, 'sh', script)).stdout.trim()
  } catch (error) {
    return new Error(`no collector: ${lastWords(error as Error)}`)
  }
}

/**
 * Makes a collector that takes OTLP over TLS, not started yet. It answers only after it has handed what it
 * was sent to the system: with its rotating writer it keeps nothing back, and it has no queue.
 */
export async function makeCollector(t: Test, binary: string): Promise<Collector> {
  const { cert, key } = await makeCertificate()
  const directory = t.testdir({ cert, key })
  const port = await freePort()
  const output = join(directory, 'records.jsonl')
  const config = join(directory, 'collector.yaml')
  writeFileSync(config, configText(directory, port, output))
  let child: ChildProcess | undefined

  async function start(): Promise<void> {
    const [env, ...flags] = outsideTap
    child = spawn(env, [...flags, binary, '--config', `file:${config}`], { stdio: 'ignore' })
    while (!(await isListening(port))) {
      if (child.exitCode !== null) throw new Error(`the collector ended with ${child.exitCode}`)
      await delay(20)
    }
  }

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  t.teardown(kill)
  return {
    url: `https://127.0.0.1:${port}/v1/logs`,
    caFile: join(directory, 'cert'),
    records: () => (existsSync(output) ? recordsIn(readFileSync(output, 'utf8')) : []),
    start,
    kill,
  }
}

function configText(directory: string, port: number, output: string): string {
  return `
receivers:
  otlp:
    protocols:
      http:
        endpoint: 127.0.0.1:${port}
        tls: { cert_file: ${directory}/cert, key_file: ${directory}/key }
exporters:
  file: { path: ${output}, rotation: { max_megabytes: 1000 } }
service:
  telemetry: { metrics: { level: none } }
  pipelines:
    logs: { receivers: [otlp], exporters: [file] }
`
}

/** Half a line is what a crash may leave; nobody was told that it was taken. */
function recordsIn(text: string): readonly ReadRecord[] {
  return text.split('\n').flatMap((line) => {
    try {
      return recordsOf(JSON.parse(line) as LogsRequest)
    } catch {
      return []
    }
  })
}
