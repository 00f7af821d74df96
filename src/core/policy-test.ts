import type { Call } from './call.ts'
import { coverageOf, type Coverage } from './coverage.ts'
import type { Decision } from './decision.ts'
import { explain, type Explanation } from './explanation.ts'
import type { Identity } from './identity.ts'
import type { Policy } from './policy.ts'
import type { RefusalCode } from './refusal.ts'

/** What a test says must come of a call. Without a rule, whichever allows it will do. */
export type Expectation =
  | { readonly outcome: 'allowed'; readonly rule: string | undefined }
  | { readonly outcome: 'refused'; readonly code: RefusalCode }

/** One call by one identity, and what must come of it. */
export interface PolicyTest {
  readonly name: string
  /** Where the test stands in its file, 1-based. */
  readonly line: number
  readonly column: number
  /** The name of the identity in the file. */
  readonly as: string
  readonly identity: Identity
  readonly call: Call
  readonly expect: Expectation
}

/** What came of a test. */
export interface TestResult {
  readonly test: PolicyTest
  readonly passed: boolean
  readonly explanation: Explanation
}

/** What came of all tests, and what of the policy none of them was decided by. */
export interface TestRun {
  readonly ok: boolean
  readonly results: readonly TestResult[]
  readonly coverage: Coverage
}

/** Decides on the call of every test as the service would. */
export function testPolicy(policy: Policy, tests: readonly PolicyTest[]): TestRun {
  const results = tests.map((test): TestResult => {
    const explanation = explain(policy, test.identity, test.call)
    return { test, explanation, passed: isExpected(explanation.decision, test.expect) }
  })
  const ok = results.every(({ passed }) => passed)
  const explanations = results.map(({ explanation }) => explanation)
  return { ok, results, coverage: coverageOf(policy, explanations) }
}

function isExpected(decision: Decision, expected: Expectation): boolean {
  if (!decision.allowed) {
    return expected.outcome === 'refused' && decision.refusal.code === expected.code
  }
  if (expected.outcome !== 'allowed') return false
  return expected.rule === undefined || expected.rule === decision.terms?.rule
}
