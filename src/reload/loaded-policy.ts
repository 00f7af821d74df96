import type { Policy } from '../core/policy.ts'
import type { PolicyFault } from '../core/policy-entry.ts'

/** What came of loading a policy file and running the tests beside it. */
export type LoadedPolicy =
  | {
      readonly ok: true
      readonly policy: Policy
      /** What is likely not meant, though it loads. */
      readonly warnings: readonly PolicyFault[]
    }
  | {
      readonly ok: false
      /** Hash of the file's bytes, where it could be read. */
      readonly hash: string | undefined
      readonly faults: readonly PolicyFault[]
    }

/** Loads a policy file as it is now. */
export type LoadPolicy = () => Promise<LoadedPolicy>
