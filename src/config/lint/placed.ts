import type { GuardName } from '../../core/guard.ts'
import type { Denial, Rule } from '../../core/rule.ts'

/** A compiled rule, and the path of keys at which the file has it. */
export interface PlacedRule {
  readonly rule: Rule
  readonly path: readonly PropertyKey[]
  /** Guards that the file turns off, as it lists them. */
  readonly allow: readonly GuardName[]
}

/** A compiled denial, and the path of keys at which the file has it. */
export interface PlacedDenial {
  readonly denial: Denial
  readonly path: readonly PropertyKey[]
}
