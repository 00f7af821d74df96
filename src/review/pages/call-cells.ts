import type { CallRow } from '../review-index.ts'
import { callLink } from './links.ts'
import { isoOf, momentText, tookText } from './moments.ts'
import { statusOf } from './status.ts'

/** A row of the table of calls, as texts: both the server and the live view's script fill it in. */
export interface CallCells {
  /** Tells rows apart, so that one that changed takes its own place. */
  readonly key: string
  readonly tone: string
  /** The page of the call, where it has one. */
  readonly href: string | undefined
  readonly at: string | undefined
  readonly time: string
  readonly mark: string
  readonly status: string
  readonly method: string
  readonly namespace: string
  readonly workflowType: string
  readonly workflowId: string
  readonly project: string
  readonly caller: string
  readonly why: string
  readonly took: string
}

/** The texts of a row. What is not known is empty. */
export function callCells(row: CallRow): CallCells {
  const { tone, mark, words } = statusOf(row)
  const job = row.jobId && `job ${row.jobId}`
  const user = row.userLogin && `by ${row.userLogin}`
  return {
    key: String(row.seq),
    tone,
    href: row.decisionId === '' ? undefined : callLink(row.decisionId),
    at: isoOf(row.time),
    time: momentText(row.time),
    mark,
    status: words,
    method: row.method ?? '',
    namespace: row.namespace ?? '',
    workflowType: row.workflowType ?? '',
    workflowId: row.workflowId ?? '',
    project: row.projectPath ?? row.principal ?? '',
    // The name of a branch is anybody's to choose: it comes last, where it cannot pass for the others.
    caller: [job, user, row.ref].filter(Boolean).join(' · '),
    why: whyOf(row),
    took: tookText(row.durationMs),
  }
}

/** A refusal's code, the rule that allowed it, or both where Sallyport ended an allowed call. */
function whyOf({ code, rule, decision }: CallRow): string {
  if (decision === 'refused') return code ?? ''
  return [code, rule].filter(Boolean).join(' · ')
}
