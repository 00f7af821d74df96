import { parseArgs } from 'node:util'
import { loadConfiguration } from '../config/load.ts'
import { formatProblem } from '../config/problem.ts'
import type { Terminal } from './terminal.ts'

/** `sallyport check`: reads the configuration and the policy, and says everything that is wrong with them. */
export async function check(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      config: { type: 'string', default: 'sallyport.yaml' },
      policy: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const loaded = await loadConfiguration({
    file: values.config,
    environment: terminal.environment,
    ...(values.policy !== undefined && { policyFile: values.policy }),
  })
  const problems = loaded.ok ? [] : loaded.problems
  if (values.json) {
    terminal.out(JSON.stringify({ ok: loaded.ok, problems }, undefined, 2))
  } else if (loaded.ok) {
    const { settings, policy } = loaded
    terminal.out(`${values.config}: fine (${settings.issuers.length} issuers)`)
    terminal.out(`${settings.policyFile}: fine (${policy.rules.length} rules, ${policy.hash})`)
  } else {
    for (const problem of problems) terminal.out(formatProblem(problem))
    terminal.err(`${problems.length} problem${problems.length === 1 ? '' : 's'}`)
  }
  return loaded.ok ? 0 : 1
}
