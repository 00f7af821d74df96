import { parseArgs } from 'node:util'
import { loadConfiguration } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import { createLog } from '../log.ts'
import { startService, type Service } from '../service.ts'
import { failingTests } from '../tested-policy.ts'
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
  const { settings, policy, configHash } = loaded
  const failing = await failingTests(policy, { ...settings, file: settings.policyFile })
  for (const { message } of failing) terminal.err(message)
  if (failing.length > 0) {
    terminal.err(
      'sallyport cannot start: the tests beside the policy fail; mend the policy or them',
    )
    return 1
  }
  const log = createLog({ level: settings.log.level })
  for (const warning of loaded.warnings) log.warn({ code: warning.code }, formatProblem(warning))
  const { promise: signalled, resolve } = Promise.withResolvers<string>()
  let service: Service | void
  terminal.onSignal((signal) => {
    if (signal !== 'SIGHUP') resolve(signal)
    else void service?.reload()
  })
  const runtime = process.version
  const parts = { settings, policy, log, version, configHash, runtime }
  service = await startService(parts).catch((error: Error) => {
    terminal.err(`sallyport cannot start: ${error.message}`)
  })
  if (service === undefined) return 1
  log.info({ signal: await signalled }, 'stopping: new calls are refused, calls in flight may end')
  await service.stop()
  log.info('stopped')
  return 0
}
