import { holds, pinnedValues, type ClaimTest } from '../../core/claim-test.ts'

/**
 * Whether a test surely holds wherever another one does. False means that it may not: the answer is
 * worked out from how the tests are written, and never wrong in the other direction.
 */
export function covers(wider: ClaimTest, narrower: ClaimTest): boolean {
  if (wider.operator === 'all_of') return wider.tests.every((part) => covers(part, narrower))
  const values = pinnedValues(narrower)
  if (values !== undefined) {
    return values.every((value) => !holds(narrower, value) || holds(wider, value))
  }
  if (narrower.operator === 'all_of') return narrower.tests.some((part) => covers(wider, part))
  switch (wider.operator) {
    case 'exact':
    case 'any_of':
      return false
    case 'present':
      return wider.present ? !holds(narrower, undefined) : isAbsence(narrower)
    case 'none_of':
      return [...wider.values].every((value) => !holds(narrower, value))
    case 'under':
      return narrower.operator === 'under' && holds(wider, narrower.path)
    case 'glob':
    case 'semver':
      return narrower.operator === wider.operator && narrower.text === wider.text
  }
}

/** Claims that have several values, which tests may hold for one by one. */
export const listClaims: ReadonlySet<string> = new Set(['groups_direct'])

/** The same as {@link covers} for a claim with several values: each operator may hold for another of them. */
export function coversAmong(wider: ClaimTest, narrower: ClaimTest): boolean {
  if (wider.operator === 'all_of') return wider.tests.every((part) => coversAmong(part, narrower))
  if (narrower.operator === 'all_of') {
    return narrower.tests.some((part) => coversAmong(wider, part))
  }
  // That one value is there does not mean that another is not.
  if (wider.operator === 'none_of' && limits(narrower)) return false
  return covers(wider, narrower)
}

function isAbsence(test: ClaimTest): boolean {
  return test.operator === 'present' && !test.present
}

/** Whether a test asks for something, rather than rule something out or ask for any value. */
export function limits(test: ClaimTest | undefined): boolean {
  switch (test?.operator) {
    case undefined:
    case 'none_of':
    case 'present':
      return false
    case 'all_of':
      return test.tests.some(limits)
    case 'exact':
    case 'any_of':
    case 'under':
    case 'glob':
    case 'semver':
      return true
  }
}
