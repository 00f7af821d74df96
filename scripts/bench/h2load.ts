import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { startPath } from './calls.ts'
import type { Target } from './client.ts'
import { latenciesOf, type Latencies } from './latencies.ts'
import { ownEnvironment, pinned } from './proxies.ts'

export interface H2loadParts extends Target {
  readonly calls: number
  readonly connections: number
  readonly streams: number
  readonly token: string
  /** A file with the request in its frame. */
  readonly body: string
  /** A file to write the time of each call to. */
  readonly log: string
}

export interface H2loadResult {
  readonly seconds: number
  readonly latency: Latencies
}

/** Runs h2load to its end: so many connections, each with so many calls at a time. */
export async function runH2load(parts: H2loadParts): Promise<H2loadResult> {
  const { port, tls, calls, connections, streams, token, body, log } = parts
  const counts = ['-n', String(calls), '-c', String(connections), '-m', String(streams), '-t', '1']
  const headers = [
    'content-type: application/grpc',
    'te: trailers',
    `authorization: Bearer ${token}`,
  ]
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}${startPath}`
  const [program = '', ...args] = pinned('load', [
    'h2load',
    ...counts,
    '-d',
    body,
    `--log-file=${log}`,
    ...headers.flatMap((header) => ['-H', header]),
    url,
  ])
  // It would write behind what is there.
  rmSync(log, { force: true })
  const { stdout } = await promisify(execFile)(program, args, { env: ownEnvironment() })
  const [, succeeded] = /(\d+) succeeded, 0 failed, 0 errored/.exec(stdout) ?? []
  if (Number(succeeded) !== calls) throw new Error(`calls failed on port ${port}:\n${stdout}`)
  return readLog(readFileSync(log, 'utf8'))
}

/** Start in microseconds, HTTP status, and how long it took, in a line each. */
function readLog(text: string): H2loadResult {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.split('\t').map(Number))
  const took = Float64Array.from(rows, ([, , us = Number.NaN]) => us)
  let begin = Infinity
  let end = -Infinity
  for (const [start = 0, , us = 0] of rows) {
    begin = Math.min(begin, start)
    end = Math.max(end, start + us)
  }
  return { seconds: (end - begin) / 1e6, latency: latenciesOf(took) }
}
