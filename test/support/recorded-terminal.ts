import type { Signal, Terminal } from '../../src/commands/terminal.ts'

/** A terminal that keeps what is written to it, and sends signals when it is told. */
export function recordTerminal(environment: Terminal['environment'] = {}) {
  const out: string[] = []
  const err: string[] = []
  const handlers: ((signal: Signal) => void)[] = []
  const terminal: Terminal = {
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    environment,
    cwd: '/',
    isTTY: false,
    onSignal: (handler) => void handlers.push(handler),
    version: '1.2.3',
  }
  const signal = (name: Signal) => handlers.forEach((handler) => handler(name))
  return { terminal, out, err, signal }
}
