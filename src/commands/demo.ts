import { parseArgs } from 'node:util'
import type { Terminal } from './terminal.ts'

/** `sallyport demo`: the whole of it at work on this machine, on real parts. */
export async function demo(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { once: { type: 'boolean', default: false }, policy: { type: 'string' } },
  })
  const loaded = await loadDemo()
  if (loaded === undefined) {
    terminal.err(
      'The demo runs from a checkout, with the development packages that an installation leaves out.\n' +
        'In a checkout: npm ci, then npm run demo',
    )
    return 1
  }
  return loaded.runDemo({ once: values.once, policyFile: values.policy }, terminal)
}

/** Loaded only here, because `serve` must start without the packages that the demo needs. */
async function loadDemo() {
  try {
    return await import('../demo/run-demo.ts')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}
