import type { Rule } from './rule.ts'

/** All rules, compiled once, and the hash of the file that they came from. */
export interface Policy {
  readonly rules: readonly Rule[]
  /** `sha256:` and the hex digest of the policy file's bytes. */
  readonly hash: string
}
