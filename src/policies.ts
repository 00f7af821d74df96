import type { IssuerSettings, Settings } from './config/settings.ts'
import type { Policy } from './core/policy.ts'
import type { Logger } from './log.ts'
import type { ReadinessCheck } from './ops/readiness.ts'
import { testFileOf } from './policy-tests.ts'
import type { Journal } from './record/journal.ts'
import { createCandidate, type Candidate, type ShadowDifference } from './reload/candidate.ts'
import { watchFiles } from './reload/file-watch.ts'
import { createPolicyInForce, type ReloadResult } from './reload/policy-in-force.ts'
import { loadTestedPolicy } from './tested-policy.ts'

/** The policies of a service: the one in force, and the candidate beside it if there is one. */
export interface Policies {
  readonly current: () => Policy
  readonly compare: Candidate['compare']
  readonly state: () => PolicyState
  readonly checks: readonly ReadinessCheck[]
  /** Looks at the files now, whether or not they have changed. */
  readonly reload: () => Promise<void>
  readonly close: () => Promise<void>
}

/** What is known of the policies, as far as it is shown. */
export interface PolicyState {
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly isFileInForce: boolean
  /** Whether a candidate is configured, and the hash of the one that is asked. */
  readonly candidate: { readonly hash: string | undefined } | undefined
}

export interface PoliciesParts {
  readonly policy: Policy
  readonly settings: Pick<Settings, 'policyFile' | 'candidateFile'> & {
    readonly issuers: readonly IssuerSettings[]
  }
  readonly journal: Pick<Journal, 'append' | 'enqueue'>
  readonly log: Logger
  readonly now: () => number
  readonly metrics: {
    readonly reload: (result: ReloadResult) => void
    readonly difference: (difference: ShadowDifference) => void
  }
}

/** How often the files are looked at; a change counts after the second look. */
const intervalMs = 1_000

/** Wires the policies to their files. Resolves once the candidate, if there is one, has been looked at. */
export async function createPolicies(parts: PoliciesParts): Promise<Policies> {
  const { settings, log, metrics } = parts
  const { issuers, policyFile, candidateFile } = settings
  const inForce = createPolicyInForce({
    ...parts,
    load: () => loadTestedPolicy({ file: policyFile, issuers }),
    observe: metrics.reload,
  })
  const candidate =
    candidateFile === undefined
      ? undefined
      : createCandidate({
          load: () => loadTestedPolicy({ file: candidateFile, issuers }),
          log,
          observe: metrics.difference,
        })
  await candidate?.reload()
  const watch = (file: string, onChange: () => Promise<boolean>) =>
    watchFiles({ files: [file, testFileOf(file)], intervalMs, onChange })
  const watches = [watch(policyFile, inForce.reload)]
  if (candidateFile !== undefined && candidate) watches.push(watch(candidateFile, candidate.reload))
  // Calls are served by the policy in force, so neither keeps them from coming here.
  const isVital = () => false
  return {
    current: inForce.current,
    compare: (...call) => candidate?.compare(...call),
    state: () => ({
      hash: inForce.current().hash,
      since: inForce.since(),
      isFileInForce: inForce.trouble() === undefined,
      candidate: candidate && { hash: candidate.hash() },
    }),
    checks: [
      { name: 'policy', trouble: inForce.trouble, isVital },
      ...(candidate ? [{ name: 'policy candidate', trouble: candidate.trouble, isVital }] : []),
    ],
    reload: async () => {
      await Promise.all([inForce.reload(), candidate?.reload()])
    },
    close: async () => {
      await Promise.all(watches.map((each) => each.close()))
    },
  }
}
