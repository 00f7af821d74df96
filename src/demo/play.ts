import { callsIn, readAudit, readCalls, type AuditEntry } from './audit-trail.ts'
import type { DemoDirectory } from './demo-directory.ts'
import { jobs } from './jobs.ts'
import { describeCallers, describeToken, type Narrator } from './narrate.ts'
import { allowedWorkflow, discrepancyOf, steps, type Step } from './pipeline.ts'
import { runCommand, type CommandResult } from './run-command.ts'
import { namespace, type Stack } from './stack.ts'
import { waitUntil } from './wait-until.ts'

export interface PlayParts {
  readonly stack: Stack
  readonly directory: DemoDirectory
  readonly narrator: Narrator
  readonly cwd: string
  readonly path: string | undefined
  readonly signal: AbortSignal
}

/** A workflow whose worker gets no tasks never completes. */
const timeoutMs = 30_000

const workerJob = String(jobs.worker.claims['job_id'])

/** Plays the pipeline and says whether everything went as expected. */
export async function playPipeline(parts: PlayParts): Promise<boolean> {
  const { narrator } = parts
  let good = true
  for (const [index, step] of steps.entries()) {
    narrator.heading(`${index + 1} of ${steps.length}  ${step.title}`)
    good = (await playStep(parts, step)) && good
  }
  narrator.heading('Meanwhile the worker did its part, through Sallyport as well')
  good = (await reviewWorker(parts)) && good
  narrator.heading('And behind Sallyport: what the Temporal server itself knows of')
  return (await lookBehind(parts)) && good
}

async function playStep(parts: PlayParts, step: Step): Promise<boolean> {
  const { stack, directory, narrator, signal } = parts
  const token = await stack.mint(step.job)
  const seq = (await readAudit(directory.audit)).at(-1)?.seq ?? 0
  narrator.line(`  token: ${describeToken(jobs[step.job])}`)
  narrator.command(`export TEMPORAL_API_KEY=${token.slice(0, 12)}…`)
  const results: CommandResult[] = []
  for (const args of step.commands) {
    narrator.command(`temporal ${args.join(' ')}`)
    const result = await runTemporal(parts, args, { ...stack.variables, TEMPORAL_API_KEY: token })
    narrator.output(result.lines, result.exitCode)
    results.push(result)
  }
  // A refused token names no job, so the step's calls are all but those of the worker.
  const filter = (decision: AuditEntry) => decision.seq > seq && decision.job_id !== workerJob
  const calls = await readCalls({ directory: directory.audit, filter, signal })
  narrator.audit(calls)
  const discrepancy = discrepancyOf(step, { results, calls })
  narrator.verdict(discrepancy === undefined, discrepancy ?? step.reason)
  return discrepancy === undefined
}

/** Sums up the worker's calls, most of which are polls. */
async function reviewWorker({ directory, narrator }: PlayParts): Promise<boolean> {
  const isWorkers = (decision: AuditEntry) => decision.job_id === workerJob
  const calls = callsIn(await readAudit(directory.audit), isWorkers)
  const counts = Map.groupBy(calls, ({ decision }) => `${decision.method} ${decision.outcome}`)
  narrator.line(`  audit of ${describeCallers(calls)}`)
  for (const [what, { length }] of counts) narrator.line(`    ${length} × ${what}`)
  const refused = calls.filter(({ decision }) => decision.outcome !== 'allowed').length
  const good = calls.length > 0 && refused === 0
  narrator.verdict(good, good ? 'every one of its calls is granted' : `${refused} were refused`)
  return good
}

/** Asks Temporal itself, past Sallyport, what came of it all. */
async function lookBehind(parts: PlayParts): Promise<boolean> {
  const { stack, narrator, signal } = parts
  const args = ['workflow', 'list', '--address', stack.serverAddress, '--namespace', namespace]
  narrator.command(`temporal ${args.join(' ')}`)
  // The list is an index that the server fills a moment after the fact.
  const list = () => runTemporal(parts, args, {})
  const settled = await waitUntil({
    probe: async () => {
      const result = await list()
      return result.lines.some((line) => line.includes('Completed')) ? result : undefined
    },
    timeoutMs: 5_000,
    signal,
  })
  const { lines, exitCode } = settled ?? (await list())
  narrator.output(lines, exitCode)
  const others = lines.slice(1).filter((line) => line !== '' && !line.includes(allowedWorkflow))
  const good = settled !== undefined && others.length === 0
  narrator.verdict(
    good,
    good
      ? 'the one workflow that was allowed, and nothing else'
      : 'this is not the one workflow that was allowed',
  )
  return good
}

/** The command inherits nothing but PATH, so that only what is shown configures it. */
async function runTemporal(
  { stack, directory, cwd, path, signal }: PlayParts,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const environment = { PATH: path, HOME: directory.path, ...variables }
  return runCommand({ file: stack.cli, args, environment, cwd, signal, timeoutMs })
}
