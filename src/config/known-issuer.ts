/** What a claim is good for in a rule, as the issuer's table of claims has it. */
export type ClaimUse = 'pinnable' | 'matchable' | 'label' | 'ignored'

/** What is known of an issuer when a policy is checked. */
export interface KnownIssuer {
  readonly name: string
  /** Whether strangers have tokens of it, as far as is known. */
  readonly shared: boolean
  /** Every claim that its tokens carry. */
  readonly claims: ReadonlyMap<string, ClaimUse>
  /** Every claim that rules can test of people who log in. */
  readonly people: ReadonlyMap<string, ClaimUse>
}
