import { parseArgs } from 'node:util'
import type { runDemo } from '../demo/run-demo.ts'
import type { Terminal } from './terminal.ts'

interface Demo {
  readonly runDemo: typeof runDemo
}

const needsCheckout = `The demo needs development packages, which are in a checkout and not in an installation.
In a checkout of Sallyport: npm ci, then npm run demo`

/** `sallyport demo`: the whole of it at work on this machine, on real parts. */
export async function demo(
  args: readonly string[],
  terminal: Terminal,
  // Loaded only here, because `serve` must start without the packages that the demo needs.
  load: () => Promise<Demo> = () => import('../demo/run-demo.ts'),
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { once: { type: 'boolean', default: false }, policy: { type: 'string' } },
  })
  let loaded: Demo
  try {
    loaded = await load()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    terminal.err(needsCheckout)
    return 1
  }
  return loaded.runDemo({ once: values.once, policyFile: values.policy }, terminal)
}
