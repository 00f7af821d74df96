import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { waitUntil } from './wait-until.ts'

/** The fields of an audit entry that the demo shows. */
export interface AuditEntry {
  readonly seq: number
  readonly kind: string
  readonly time: string
  readonly decision_id?: string
  readonly outcome?: string
  readonly code?: string
  readonly detail?: string
  readonly rule?: string
  readonly role?: string
  readonly method?: string
  readonly namespace?: string
  readonly workflow_id?: string
  readonly workflow_type?: string
  readonly task_queue?: string
  readonly principal?: string
  readonly job_id?: string
  readonly grpc_status?: number
  readonly duration_ms?: number
}

/** A decision, and what became of the call if it was allowed. */
export interface AuditedCall {
  readonly decision: AuditEntry
  readonly completion: AuditEntry | undefined
}

/** All whole entries of a journal, in their order. */
export async function readAudit(directory: string): Promise<AuditEntry[]> {
  const segments = (await readdir(directory)).filter((name) => name.endsWith('.jsonl'))
  const texts = await Promise.all(segments.map((name) => readFile(join(directory, name), 'utf8')))
  // What follows the last line end is still being written.
  const lines = texts.flatMap((text) => text.split('\n').slice(0, -1))
  const entries = lines.map((line) => JSON.parse(line) as AuditEntry)
  return entries.sort((one, other) => one.seq - other.seq)
}

/** The decisions that hold for a filter, with their completions. */
export function callsIn(
  entries: readonly AuditEntry[],
  filter: (decision: AuditEntry) => boolean,
): AuditedCall[] {
  const completions = new Map(
    entries
      .filter((entry) => entry.kind === 'completion')
      .map((entry) => [entry.decision_id, entry] as const),
  )
  return entries
    .filter((entry) => entry.kind === 'decision' && filter(entry))
    .map((decision) => ({ decision, completion: completions.get(decision.decision_id) }))
}

/** Reads calls once all are complete: a completion is written after its answer is sent. */
export async function readCalls(parts: {
  readonly directory: string
  readonly filter: (decision: AuditEntry) => boolean
  readonly signal: AbortSignal
  readonly timeoutMs?: number
}): Promise<readonly AuditedCall[]> {
  const read = async () => callsIn(await readAudit(parts.directory), parts.filter)
  const complete = await waitUntil({
    probe: async () => {
      const calls = await read()
      return calls.every(isComplete) ? calls : undefined
    },
    timeoutMs: parts.timeoutMs ?? 5_000,
    signal: parts.signal,
  })
  return complete ?? read()
}

function isComplete({ decision, completion }: AuditedCall): boolean {
  return decision.outcome !== 'allowed' || completion !== undefined
}
