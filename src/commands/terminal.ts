import { styleText } from 'node:util'

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

type Style = 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim'

/** Whether a person looks on who has not asked for plain text: <https://no-color.org>. */
export function wantsColour({
  isTTY,
  environment,
}: Pick<Terminal, 'isTTY' | 'environment'>): boolean {
  return isTTY && !environment['NO_COLOR']
}

/** Styles text where the terminal shows it, and leaves it alone elsewhere. */
export function paintFor(terminal: Terminal): (style: Style, text: string) => string {
  if (!wantsColour(terminal)) return (_, text) => text
  return (style, text) => styleText(style, text, { validateStream: false })
}
