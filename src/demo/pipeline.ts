import type { RefusalCode } from '../core/refusal.ts'
import type { AuditedCall } from './audit-trail.ts'
import type { JobName } from './jobs.ts'
import type { CommandResult } from './run-command.ts'
import type * as workflows from './workflows.ts'

/** One job of the pipeline: what it runs with the `temporal` CLI, and what must come of it. */
export interface Step {
  readonly title: string
  readonly job: JobName
  /** Why it must go as expected. */
  readonly reason: string
  readonly commands: readonly (readonly string[])[]
  readonly expected: 'completed' | RefusalCode
}

export const taskQueue = 'ledger'

const allowedType: keyof typeof workflows = 'LedgerRollup'

/** The one workflow that the pipeline may start. */
export const allowedWorkflow = 'ledger-2071884310'

/** The pipeline that the demo plays, in its order. */
export const steps: readonly Step[] = [
  {
    title: 'A push to the protected main branch starts a rollup and awaits it',
    job: 'rollup',
    reason: 'this job may start this type, on this queue, under this id, and read what it started',
    commands: [
      start(allowedType, allowedWorkflow),
      ['workflow', 'result', '--workflow-id', allowedWorkflow],
    ],
    expected: 'completed',
  },
  {
    title: 'The same job, the same token, but another workflow type',
    job: 'rollup',
    reason: 'no rule that fits this job grants LedgerPurge',
    commands: [start('LedgerPurge', 'ledger-purge-2071884310')],
    expected: 'not_granted',
  },
  {
    title: 'A merge request from a fork, run in the same project on a branch also called main',
    job: 'fork',
    reason: 'the code is that of another project, whatever its branch is called',
    commands: [start(allowedType, 'ledger-2074001822')],
    expected: 'guard_fork_pipelines',
  },
  {
    title: 'The first job again, with a token that somebody kept for too long',
    job: 'expired',
    reason: 'the token expired five minutes ago',
    commands: [start(allowedType, 'ledger-2071112094')],
    expected: 'token_expired',
  },
]

export interface StepRun {
  readonly results: readonly CommandResult[]
  readonly calls: readonly AuditedCall[]
}

/** Says what came of a step other than what was expected of it, or nothing when all is well. */
export function discrepancyOf({ expected }: Step, { results, calls }: StepRun): string | undefined {
  const failed = results.some(({ exitCode }) => exitCode !== 0)
  const refused = calls.flatMap(({ decision: { outcome, code } }) =>
    outcome === 'refused' ? [code ?? 'without a code'] : [],
  )
  if (expected === 'completed') {
    if (refused.length > 0) return `expected to be allowed, but was refused: ${refused.join(', ')}`
    if (failed) return 'expected to be allowed, and was, but the command failed'
    const completed = results.at(-1)?.lines.some((line) => /\bCOMPLETED\b/.test(line)) === true
    return completed ? undefined : 'expected the workflow to complete, and it did not'
  }
  if (!failed) return `expected to be refused as ${expected}, but the command succeeded`
  if (refused.includes(expected)) return undefined
  return `expected to be refused as ${expected}, but ${refused.join(', ') || 'nothing was refused'}`
}

function start(type: string, id: string): readonly string[] {
  return ['workflow', 'start', '--type', type, '--task-queue', taskQueue, '--workflow-id', id]
}
