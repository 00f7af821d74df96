import type { Terminal } from './terminal.ts'

const usage = `Sallyport: an identity-aware proxy between CI and the Temporal frontend.

usage: sallyport COMMAND [OPTIONS]

  serve   [--config F]                        run the proxy; F is sallyport.yaml unless given
  check   [--config F] [--policy F] [--json]  say everything that is wrong with the files
  demo    [--once] [--policy F]               show it all at work on this machine, on real parts
  help                                        this text
  version                                     the version

exit codes: 0 fine, 1 found a problem, 2 wrong usage`

/** `sallyport help`. */
export async function help(_args: readonly string[], terminal: Terminal): Promise<number> {
  terminal.out(usage)
  return 0
}
