export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** What a command may touch of the process that runs it. Only `src/main.ts` makes the real one. */
export interface Terminal {
  /** Writes a line to standard output. */
  readonly out: (text: string) => void
  /** Writes a line to standard error. */
  readonly err: (text: string) => void
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Whether standard output is a person's terminal. */
  readonly isTTY: boolean
  readonly onSignal: (handler: (signal: Signal) => void) => void
  /** The version of Sallyport that runs. */
  readonly version: string
}
