#!/usr/bin/env -S node --no-allocation-site-pretenuring
import { readFileSync } from 'node:fs'
import { run } from './commands/run.ts'
import type { Signal, Terminal } from './commands/terminal.ts'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string
}

const signals: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

const terminal: Terminal = {
  out: (text) => void process.stdout.write(`${text}\n`),
  err: (text) => void process.stderr.write(`${text}\n`),
  environment: process.env,
  cwd: process.cwd(),
  isTTY: process.stdout.isTTY,
  onSignal: (handler) => {
    for (const signal of signals) process.on(signal, () => handler(signal))
  },
  version: manifest.version,
}

process.exitCode = await run(process.argv.slice(2), terminal)
