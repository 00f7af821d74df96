import type { ClaimTest } from '../core/claim-test.ts'
import type { GuardName } from '../core/guard.ts'

/** A test of a claim as a reviewer would say it. */
export function testInWords(claim: string, test: ClaimTest): string {
  switch (test.operator) {
    case 'exact':
      return `${claim} is ${test.value}`
    case 'any_of':
      return `${claim} is ${either(test.values)}`
    case 'none_of':
      return `${claim} is not ${either(test.values)}, or is missing`
    case 'present':
      return test.present ? `${claim} is there` : `${claim} is missing`
    case 'under':
      return `${claim} is ${test.path} or below it`
    case 'glob':
      return `${claim} looks like ${test.text}`
    case 'semver':
      return `${claim} is a version ${test.text}`
    case 'all_of':
      return test.tests.map((part) => testInWords(claim, part)).join(', and ')
  }
}

/** Whom a rule that turns a guard off lets in. */
export function allowedGuardInWords(guard: GuardName): string {
  switch (guard) {
    case 'fork_pipelines':
      return "also merge request pipelines of forks, which run strangers' code"
    case 'agents':
      return 'also AI agents'
    case 'policy_jobs':
      return "also jobs that a security policy put in, whose script is not the project's"
    case 'other_tokens':
      return "also tokens of the issuer that are no CI job's"
  }
}

const disjunction = new Intl.ListFormat('en-GB', { type: 'disjunction' })

function either(values: ReadonlySet<string>): string {
  return disjunction.format(values)
}
