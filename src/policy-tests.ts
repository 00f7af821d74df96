import { access } from 'node:fs/promises'
import { loadPolicyTests } from './config/load-policy-tests.ts'
import type { Problem } from './config/problem.ts'
import type { IssuerSettings } from './config/settings.ts'
import type { Policy } from './core/policy.ts'
import { testPolicy, type TestRun } from './core/policy-test.ts'
import { claimedIdentity } from './identify/claimed-identity.ts'
import { issuerKinds } from './identify/issuer-kind.ts'

/** What policy tests need: the policy, whose tokens it is for, and the file that the tests stand in. */
export interface PolicyTestRunParts {
  readonly policy: Policy
  readonly issuers: readonly IssuerSettings[]
  readonly file: string
}

/** What came of the tests, or why they could not be run. */
export type PolicyTestOutcome =
  | ({ readonly ran: true } & TestRun)
  | { readonly ran: false; readonly ok: false; readonly problems: readonly Problem[] }

/** Runs the tests of a file on a policy, without a token and without Temporal. */
export async function runPolicyTests({
  policy,
  issuers,
  file,
}: PolicyTestRunParts): Promise<PolicyTestOutcome> {
  const loaded = await loadPolicyTests({
    file,
    rules: policy.rules.map((rule) => rule.name),
    issuers: issuers.map((issuer) => ({
      name: issuer.name,
      claims: [...issuerKinds[issuer.kind].claims.keys()],
      identify: ({ kind, claims }) => claimedIdentity({ issuer, kind, claims }),
    })),
  })
  if (!loaded.ok) return { ran: false, ok: false, problems: loaded.problems }
  return { ran: true, ...testPolicy(policy, loaded.tests) }
}

/** The file of tests that belongs to a policy file: `policy.test.yaml` beside `policy.yaml`. */
export function testFileOf(policyFile: string): string {
  return policyFile.replace(/(\.ya?ml)?$/, (extension) => `.test${extension || '.yaml'}`)
}

/** Whether a policy file has tests beside it. Tests that are there and cannot be read are there. */
export async function hasTests(policyFile: string): Promise<boolean> {
  return access(testFileOf(policyFile)).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )
}
