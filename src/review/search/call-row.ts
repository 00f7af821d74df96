import type { CallRow } from '../review-index.ts'
import { timeOf } from './entry-facts.ts'

type Entry = Readonly<Record<string, unknown>>

/** A call as tables show it, from the lines that the journal has about it. */
export function callRowOf(decision: Entry, completion: Entry | undefined): CallRow {
  const text = (field: string): string | undefined => textOf(decision, field)
  const isFlood = decision['kind'] === 'refusals'
  return {
    seq: Number(decision['seq']),
    time: timeOf(decision),
    decisionId: isFlood ? '' : (text('decision_id') ?? ''),
    count: isFlood ? numberOf(decision, 'count') : undefined,
    decision: isFlood || decision['outcome'] === 'refused' ? 'refused' : 'allowed',
    code: text('code') ?? (completion && textOf(completion, 'code')),
    rule: text('rule'),
    method: text('method'),
    namespace: text('namespace'),
    workflowId: text('workflow_id'),
    workflowType: text('workflow_type'),
    principal: text('principal'),
    projectPath: text('project_path'),
    jobId: text('job_id'),
    ref: text('ref'),
    userLogin: text('user_login'),
    outcome: completion && outcomeOf(completion),
    durationMs: completion && numberOf(completion, 'duration_ms'),
  }
}

function outcomeOf({ outcome }: Entry): CallRow['outcome'] {
  const isKnown = outcome === 'completed' || outcome === 'failed' || outcome === 'cancelled'
  return isKnown ? outcome : 'unknown'
}

function textOf(entry: Entry, field: string): string | undefined {
  const value = entry[field]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(entry: Entry, field: string): number | undefined {
  const value = entry[field]
  return typeof value === 'number' ? value : undefined
}
