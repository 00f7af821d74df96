/** How much of everything is measured. */
export interface Plan {
  /** Rounds of each comparison; in each, all proxies take their turns. */
  readonly rounds: number
  /** Calls that are not counted, to let code be compiled and connections be made. */
  readonly warmUpCalls: number
  readonly saturatingCalls: number
  readonly payloads: readonly { readonly inputBytes: number; readonly calls: number }[]
  readonly tokens: readonly { readonly tokenCount: number; readonly calls: number }[]
  readonly paced: { readonly perSecond: number; readonly calls: number }
  readonly singleCalls: number
  readonly polls: { readonly polls: number; readonly connections: number }
}

/** A run to publish: some minutes. */
export const wholePlan: Plan = {
  rounds: 3,
  warmUpCalls: 12_000,
  saturatingCalls: 25_000,
  payloads: [
    { inputBytes: 100, calls: 10_000 },
    { inputBytes: 10_000, calls: 6_000 },
    { inputBytes: 1_000_000, calls: 300 },
  ],
  tokens: [
    { tokenCount: 1, calls: 10_000 },
    { tokenCount: 100, calls: 10_000 },
    { tokenCount: 10_000, calls: 20_000 },
  ],
  paced: { perSecond: 1_500, calls: 6_000 },
  singleCalls: 1_000,
  polls: { polls: 5_000, connections: 50 },
}

/** A run that shows that everything works, and whose numbers mean little: less than a minute. */
export const quickPlan: Plan = {
  rounds: 1,
  warmUpCalls: 500,
  saturatingCalls: 2_000,
  payloads: [
    { inputBytes: 100, calls: 500 },
    { inputBytes: 1_000_000, calls: 20 },
  ],
  tokens: [
    { tokenCount: 1, calls: 500 },
    { tokenCount: 100, calls: 500 },
  ],
  paced: { perSecond: 500, calls: 500 },
  singleCalls: 100,
  polls: { polls: 200, connections: 10 },
}
