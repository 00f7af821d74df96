import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** What everything ran on. */
export interface Machine {
  readonly processors: number
  readonly processor: string
  readonly memoryGiB: number
  readonly kernel: string
  readonly fileSystem: string
  readonly node: string
  readonly envoy: string
  readonly nginx: string
  readonly h2load: string
  /** Processes that wanted to run before the bench began, as an average over a minute. */
  readonly loadBefore: number
}

/** Describes the machine, and the programs that are measured on it. */
export function describeMachine(directory: string, envoy: string): Machine {
  return {
    processors: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    fileSystem: fileSystemOf(directory),
    node: process.version,
    envoy: /\/(\d+\.\d+\.\d+)\//.exec(said(envoy, '--version'))?.[1] ?? 'unknown',
    nginx: /nginx\/([\d.]+)/.exec(said('nginx', '-v'))?.[1] ?? 'unknown',
    h2load: /nghttp2\/([\d.]+)/.exec(said('h2load', '--version'))?.[1] ?? 'unknown',
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  }
}

/** nginx says its version on standard error. */
function said(program: string, flag: string): string {
  return execFileSync('/bin/sh', ['-c', '"$0" "$1" 2>&1', program, flag], { encoding: 'utf8' })
}

/** The type of the file system that a directory is on. */
export function fileSystemOf(directory: string): string {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => ({ at: line.split(' ')[4] ?? '', type: line.split(' - ')[1]?.split(' ')[0] }))
    .filter(({ at }) => at === '/' || `${directory}/`.startsWith(`${at}/`))
  return mounts.toSorted((one, other) => other.at.length - one.at.length)[0]?.type ?? 'unknown'
}
