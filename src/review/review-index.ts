/** What a reviewer looks for. Absent parts are not looked at; texts match whole values, or as `*` says. */
export interface Search {
  /** Milliseconds since the epoch, the first of the period. */
  readonly from?: number | undefined
  /** Milliseconds since the epoch, the first after the period. */
  readonly to?: number | undefined
  readonly job?: string | undefined
  /** Path or id. */
  readonly project?: string | undefined
  readonly user?: string | undefined
  readonly namespace?: string | undefined
  readonly workflowId?: string | undefined
  readonly workflowType?: string | undefined
  readonly method?: string | undefined
  readonly rule?: string | undefined
  /**
   * How the decision went (`allowed`, `refused`), or for calls that were forwarded, how they ended
   * (`completed`, `failed`, `cancelled`, `unknown`) or that they have not (`open`).
   */
  readonly outcome?: string | undefined
  readonly code?: string | undefined
}

/** One page of what a search finds. */
export interface SearchPage {
  /** Refusals before what was allowed, each newest first; or all of it newest first. */
  readonly order: 'refusals_first' | 'newest_first'
  /** At most 500. */
  readonly limit: number
  /** Where the page before ended, as its `next` said; `search` rejects with a RangeError for anything else. */
  readonly after?: string | undefined
}

/** A call as a table shows it: its decision, and what became of it. */
export interface CallRow {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly time: number
  /** Empty for a row of many refusals in one entry, which `count` counts: there is no page of one call. */
  readonly decisionId: string
  /** How many calls the row stands for, where a flood of refusals was recorded as one entry; else absent. */
  readonly count?: number | undefined
  readonly decision: 'allowed' | 'refused'
  readonly code: string | undefined
  readonly rule: string | undefined
  readonly method: string | undefined
  readonly namespace: string | undefined
  readonly workflowId: string | undefined
  readonly workflowType: string | undefined
  readonly principal: string | undefined
  readonly projectPath: string | undefined
  readonly jobId: string | undefined
  readonly ref: string | undefined
  readonly userLogin: string | undefined
  /** Undefined while the call is under way, and for refusals. */
  readonly outcome: 'completed' | 'failed' | 'cancelled' | 'unknown' | undefined
  readonly durationMs: number | undefined
}

/** What a search finds. */
export interface SearchResult {
  readonly rows: readonly CallRow[]
  /** Rows that match, counted up to 10,000; beyond that `isMore` is true. */
  readonly count: number
  readonly isMore: boolean
  readonly next: string | undefined
}

/** Sums over what a search finds, for charts. A row with a `count` counts as so many calls. */
export interface Totals {
  readonly allowed: number
  readonly refused: number
  /** The ten with most calls. */
  readonly projects: readonly {
    readonly project: string
    readonly allowed: number
    readonly refused: number
  }[]
  readonly codes: readonly { readonly code: string; readonly count: number }[]
  /** Equal parts of the period, oldest first; at most 60. */
  readonly times: readonly {
    readonly from: number
    readonly to: number
    readonly allowed: number
    readonly refused: number
  }[]
}

/** Everything that the journal has about one call, as it stands there. */
export interface CallRecord {
  readonly decision: Readonly<Record<string, unknown>>
  readonly completion: Readonly<Record<string, unknown>> | undefined
  readonly identity: Readonly<Record<string, unknown>> | undefined
}

/** A reviewed period, as its entry has it. */
export interface SignOff {
  readonly time: number
  readonly reviewer: string
  readonly from: number
  readonly to: number
  readonly firstSeq: number
  readonly lastSeq: number
  readonly note: string
}

/** What a check of the whole journal found. */
export interface VerifyResult {
  readonly ok: boolean
  readonly entries: number
  readonly checkpoints: number
  readonly problems: readonly string[]
  /** What was not proven, in words: no problem, and still to be known. */
  readonly notes?: readonly string[] | undefined
  readonly durationMs: number
}

/** How far the index has followed the journal. */
export interface IndexState {
  readonly indexedSeq: number
  readonly isCaughtUp: boolean
  /** Why it cannot be had at the moment, if so. */
  readonly trouble: string | undefined
}

/** An index over one journal for people to search. It holds nothing that the journal has not. */
export interface ReviewIndex {
  readonly search: (search: Search, page: SearchPage) => Promise<SearchResult>
  readonly totals: (search: Search) => Promise<Totals>
  readonly call: (decisionId: string) => Promise<CallRecord | undefined>
  readonly signOffs: () => Promise<readonly SignOff[]>
  /** First and last number of the entries of a period, and how many calls it has. */
  readonly period: (
    from: number,
    to: number,
  ) => Promise<{
    readonly firstSeq: number
    readonly lastSeq: number
    readonly allowed: number
    readonly refused: number
    /** SHA-256 of the last line, in hex; absent where it is not there any more. */
    readonly head?: string
  }>
  readonly verify: () => Promise<VerifyResult>
  readonly state: () => Promise<IndexState>
  /**
   * Calls, newest first, whose decision or completion came after this entry; for the live view, which
   * asks for `state` first and goes on from the `indexedSeq` it had then.
   */
  readonly since: (seq: number, limit: number) => Promise<readonly CallRow[]>
  /**
   * The lines of the journal behind what a search finds, decisions and completions, for an export of what
   * is shown: those of the newest calls, at most so many, in the order of the journal.
   */
  readonly lines: (search: Search, limit: number) => Promise<readonly string[]>
  readonly close: () => Promise<void>
}
