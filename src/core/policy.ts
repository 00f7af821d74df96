import type { Identity } from './identity.ts'
import { createRuleIndex } from './rule-index.ts'
import type { Denial, Rule } from './rule.ts'

/** All rules and denials, compiled once, and the hash of the file that they came from. */
export interface Policy {
  readonly rules: readonly Rule[]
  readonly denials: readonly Denial[]
  /** The rules, and denials, that could match an identity: few of many. */
  readonly rulesFor: (identity: Identity) => readonly Rule[]
  readonly denialsFor: (identity: Identity) => readonly Denial[]
  /** `sha256:` and the hex digest of the policy file's bytes. */
  readonly hash: string
}

/** Makes a policy of compiled rules and denials. */
export function createPolicy(parts: Pick<Policy, 'rules' | 'denials' | 'hash'>): Policy {
  return {
    ...parts,
    rulesFor: createRuleIndex(parts.rules),
    denialsFor: createRuleIndex(parts.denials),
  }
}
