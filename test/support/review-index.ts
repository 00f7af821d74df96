import type {
  CallRow,
  ReviewIndex,
  Search,
  SearchPage,
  SearchResult,
  Totals,
} from '../../src/review/review-index.ts'

type Entry = Readonly<Record<string, unknown>>

/** A call with the entries behind it, and everything that a search looks at. */
interface Known {
  readonly row: CallRow
  readonly decision: Entry
  readonly completion: Entry | undefined
}

/**
 * An index over entries in memory, slow and simple: what pages are tested with, and what the real one
 * is compared to. Entries have `seq` and `time`; the caller may go on adding to the array.
 */
export function memoryReviewIndex(
  entries: readonly Entry[],
  changes: Partial<ReviewIndex> = {},
): ReviewIndex {
  const calls = () => knownCalls(entries)
  const found = (search: Search) => calls().filter((known) => matches(known, search))
  const lastSeq = () => Math.max(0, ...entries.map((entry) => Number(entry['seq'])))
  return {
    search: async (search, page) => searched(found(search), page),
    totals: async (search) => totalsOf(found(search), search, calls()),
    call: async (decisionId) => {
      const known = calls().find(({ row }) => decisionId !== '' && row.decisionId === decisionId)
      if (known === undefined) return undefined
      const { decision, completion } = known
      const identity = entries.findLast(
        (entry) =>
          entry['kind'] === 'identity' &&
          entry['token_sha256'] === decision['token_sha256'] &&
          Number(entry['seq']) < known.row.seq,
      )
      return { decision, completion, identity }
    },
    signOffs: async () =>
      entries
        .filter(isSignOff)
        .map((entry) => signOffOf(entry))
        .toReversed(),
    period: async (from, to) => {
      const within = entries.filter((entry) => timeOf(entry) >= from && timeOf(entry) < to)
      const { allowed, refused } = totalsOf(found({ from, to }), { from, to }, calls())
      const seqs = within.map((entry) => Number(entry['seq']))
      const firstSeq = seqs.length > 0 ? Math.min(...seqs) : 0
      return { firstSeq, lastSeq: Math.max(0, ...seqs), allowed, refused }
    },
    verify: async () => ({
      ok: true,
      entries: entries.length,
      checkpoints: entries.filter((entry) => entry['kind'] === 'checkpoint').length,
      problems: [],
      durationMs: 1,
    }),
    state: async () => ({ indexedSeq: lastSeq(), isCaughtUp: true, trouble: undefined }),
    since: async (seq, limit) =>
      calls()
        .map(({ row, completion }) => ({ row, at: Number((completion ?? row)['seq']) }))
        .filter(({ at }) => at > seq)
        .sort((one, other) => other.at - one.at)
        .slice(0, limit)
        .map(({ row }) => row)
        .sort((one, other) => other.seq - one.seq),
    lines: async (search, limit) =>
      found(search)
        .sort((one, other) => other.row.time - one.row.time || other.row.seq - one.row.seq)
        .flatMap(({ decision, completion }) =>
          completion === undefined || completion === decision ? [decision] : [decision, completion],
        )
        .slice(0, limit)
        .sort((one, other) => Number(one['seq']) - Number(other['seq']))
        .map((entry) => JSON.stringify(entry)),
    close: async () => undefined,
    ...changes,
  }
}

function knownCalls(entries: readonly Entry[]): readonly Known[] {
  const completions = new Map(
    entries
      .filter((entry) => entry['kind'] === 'completion')
      .map((entry) => [entry['decision_id'], entry] as const),
  )
  return entries.flatMap((decision) => {
    const { kind, level } = decision
    const isWhole = kind === 'completion' && level === 'completion'
    if (kind !== 'decision' && kind !== 'refusals' && !isWhole) return []
    const completion = isWhole ? decision : completions.get(decision['decision_id'])
    const ended = kind === 'refusals' ? undefined : completion
    return [{ decision, completion: ended, row: rowOf(decision, ended) }]
  })
}

function rowOf(decision: Entry, completion: Entry | undefined): CallRow {
  const text = (name: string) => decision[name] as string | undefined
  return {
    seq: Number(decision['seq']),
    time: timeOf(decision),
    decisionId: text('decision_id') ?? '',
    count: decision['kind'] === 'refusals' ? Number(decision['count']) : undefined,
    decision: decision['outcome'] === 'refused' ? 'refused' : 'allowed',
    code: text('code') ?? (completion?.['code'] as string | undefined),
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
    outcome: completion?.['outcome'] as CallRow['outcome'],
    durationMs: completion?.['duration_ms'] as number | undefined,
  }
}

function matches({ row, decision }: Known, search: Search): boolean {
  const { from = -Infinity, to = Infinity, outcome } = search
  const ended = row.outcome ?? (row.decision === 'allowed' ? 'open' : undefined)
  return (
    row.time >= from &&
    row.time < to &&
    (!outcome || outcome === row.decision || outcome === ended) &&
    fits(search.job, row.jobId) &&
    fits(search.project, row.projectPath, decision['project_id']) &&
    fits(search.user, row.userLogin, decision['user_id']) &&
    fits(search.namespace, row.namespace) &&
    fits(search.workflowId, row.workflowId) &&
    fits(search.workflowType, row.workflowType) &&
    fits(search.method, row.method) &&
    fits(search.rule, row.rule) &&
    fits(search.code, row.code)
  )
}

function fits(wanted: string | undefined, ...values: readonly unknown[]): boolean {
  if (!wanted) return true
  const parts = wanted
    .split('*')
    .map((part) =>
      part.replaceAll(/[^\w]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`),
    )
  const pattern = new RegExp(`^${parts.join('[^]*')}$`, 'u')
  return values.some((value) => typeof value === 'string' && pattern.test(value))
}

function searched(found: readonly Known[], page: SearchPage): SearchResult {
  const rank = (row: CallRow) =>
    page.order === 'refusals_first' && row.decision === 'allowed' ? 1 : 0
  const rows = found
    .map(({ row }) => row)
    .sort((one, other) => rank(one) - rank(other) || other.time - one.time || other.seq - one.seq)
  const start = page.after === undefined ? 0 : Number(/^p([0-9]{1,9})$/.exec(page.after)?.[1])
  if (Number.isNaN(start)) throw new RangeError('the page mark is none that a search has given')
  const end = start + page.limit
  return {
    rows: rows.slice(start, end),
    count: Math.min(rows.length, 10_000),
    isMore: rows.length > 10_000,
    next: end < rows.length ? `p${end}` : undefined,
  }
}

function totalsOf(found: readonly Known[], search: Search, all: readonly Known[]): Totals {
  const sum = (rows: readonly CallRow[], decision?: string) =>
    rows
      .filter((row) => decision === undefined || row.decision === decision)
      .reduce((total, row) => total + (row.count ?? 1), 0)
  const both = (rows: readonly CallRow[]) => ({
    allowed: sum(rows, 'allowed'),
    refused: sum(rows, 'refused'),
  })
  const rows = found.map(({ row }) => row)
  const times = all.map(({ row }) => row.time)
  const from = search.from ?? Math.min(...times)
  const to = search.to ?? Math.max(...times) + 1
  const step = Math.max(1, Math.ceil((to - from) / 60))
  const parts = times.length === 0 ? 0 : Math.max(0, Math.ceil((to - from) / step))
  const byProject = Map.groupBy(
    found.filter(({ row, decision }) => row.projectPath ?? decision['project_id']),
    ({ row, decision }) => row.projectPath ?? String(decision['project_id']),
  )
  const byCode = Map.groupBy(
    rows.filter(({ code }) => code),
    ({ code }) => String(code),
  )
  return {
    ...both(rows),
    projects: [...byProject]
      .map(([project, known]) => ({ project, ...both(known.map(({ row }) => row)) }))
      .sort((one, other) => other.allowed + other.refused - one.allowed - one.refused)
      .slice(0, 10),
    codes: [...byCode]
      .map(([code, coded]) => ({ code, count: sum(coded) }))
      .sort((one, other) => other.count - one.count),
    times: Array.from({ length: parts }, (_, part) => {
      const start = from + part * step
      const end = Math.min(to, start + step)
      return {
        from: start,
        to: end,
        ...both(rows.filter(({ time }) => time >= start && time < end)),
      }
    }),
  }
}

function isSignOff(entry: Entry): boolean {
  return entry['kind'] === 'review' && entry['action'] === 'sign_off'
}

function signOffOf(entry: Entry) {
  const about = (entry['about'] ?? {}) as Entry
  return {
    time: timeOf(entry),
    reviewer: String(entry['reviewer']),
    from: Date.parse(String(about['from'])),
    to: Date.parse(String(about['to'])),
    firstSeq: Number(about['first_seq']),
    lastSeq: Number(about['last_seq']),
    note: typeof about['note'] === 'string' ? about['note'] : '',
  }
}

function timeOf(entry: Entry): number {
  return Date.parse(String(entry['time']))
}
