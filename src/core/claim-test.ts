/** A test of one claim. Several operators in one test must all hold. */
export type ClaimTest =
  | { readonly operator: 'exact'; readonly value: string }
  | { readonly operator: 'any_of'; readonly values: ReadonlySet<string> }
  | { readonly operator: 'none_of'; readonly values: ReadonlySet<string> }
  | { readonly operator: 'present'; readonly present: boolean }
  | { readonly operator: 'under'; readonly path: string }
  | PatternTest
  | { readonly operator: 'all_of'; readonly tests: readonly ClaimTest[] }

/** A test that was compiled from a text, which it keeps for explanations. */
interface PatternTest {
  readonly operator: 'glob' | 'semver'
  readonly text: string
  readonly matches: (value: string) => boolean
}

/** Whether a test holds. A claim that is absent fails everything but `none_of` and `present: false`. */
export function holds(test: ClaimTest, value: string | undefined): boolean {
  switch (test.operator) {
    case 'exact':
      return value === test.value
    case 'any_of':
      return value !== undefined && test.values.has(value)
    case 'none_of':
      return value === undefined || !test.values.has(value)
    case 'present':
      return (value !== undefined) === test.present
    case 'under':
      return value !== undefined && isUnder(value, test.path)
    case 'glob':
    case 'semver':
      return value !== undefined && test.matches(value)
    case 'all_of':
      return test.tests.every((part) => holds(part, value))
  }
}

/**
 * Whether a test holds for a claim with several values: one of them must hold, but `none_of` must for
 * each, and operators in one test may hold for different ones. A claim without any value is absent.
 */
export function holdsAmong(test: ClaimTest, values: readonly string[]): boolean {
  switch (test.operator) {
    case 'none_of':
      return values.every((value) => holds(test, value))
    case 'present':
      return values.length > 0 === test.present
    case 'all_of':
      return test.tests.every((part) => holdsAmong(part, values))
    case 'exact':
    case 'any_of':
    case 'under':
    case 'glob':
    case 'semver':
      return values.some((value) => holds(test, value))
  }
}

/** Whole path segments, and without case, as GitLab has it: `acme` is above `Acme/payments`, not above `acme-evil`. */
function isUnder(value: string, path: string): boolean {
  const [inner, outer] = [value.toLowerCase(), path.toLowerCase()]
  return inner === outer || inner.startsWith(`${outer}/`)
}

/** The values that a test limits a claim to, or undefined when there is no end of them. */
export function pinnedValues(test: ClaimTest | undefined): readonly string[] | undefined {
  if (test?.operator === 'exact') return [test.value]
  if (test?.operator === 'any_of') return [...test.values]
  if (test?.operator !== 'all_of') return undefined
  return test.tests.map(pinnedValues).find((values) => values !== undefined)
}

/** A test as a policy file would write it. */
export function formatTest(test: ClaimTest): string {
  switch (test.operator) {
    case 'exact':
      return test.value
    case 'any_of':
    case 'none_of':
      return `${test.operator}: [${[...test.values].join(', ')}]`
    case 'present':
      return `present: ${test.present}`
    case 'under':
      return `under: ${test.path}`
    case 'glob':
    case 'semver':
      return `${test.operator}: ${test.text}`
    case 'all_of':
      return test.tests.map(formatTest).join(', ')
  }
}
