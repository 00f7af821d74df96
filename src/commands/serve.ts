import { parseArgs } from 'node:util'
import { loadConfiguration } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { createLog } from '../log.ts'
import { startService } from '../service.ts'
import type { Terminal } from './terminal.ts'

/** `sallyport serve`: runs the proxy until it is told to stop. */
export async function serve(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { config: { type: 'string', default: 'sallyport.yaml' } },
  })
  const { environment, version } = terminal
  const loaded = await loadConfiguration({ file: values.config, environment })
  if (!loaded.ok) {
    for (const problem of loaded.problems) terminal.err(formatProblem(problem))
    return 1
  }
  const { settings, policy } = loaded
  const log = createLog({ level: settings.log.level })
  const { promise: signalled, resolve } = Promise.withResolvers<string>()
  terminal.onSignal((signal) => {
    if (signal !== 'SIGHUP') resolve(signal)
  })
  const service = await startService({ settings, policy, log, version }).catch((error: Error) => {
    terminal.err(`sallyport cannot start: ${error.message}`)
  })
  if (service === undefined) return 1
  log.info({ signal: await signalled }, 'stopping: new calls are refused, calls in flight may end')
  await service.stop()
  log.info('stopped')
  return 0
}
