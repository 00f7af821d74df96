import { join } from 'node:path'
import type { Test } from 'tap'
import { accountFor, type Account } from '../../src/commands/explain/account.ts'
import type { Case } from '../../src/commands/explain/case.ts'
import { loadSource, type PolicySource } from '../../src/commands/explain/policy-source.ts'
import type { Identity } from '../../src/core/identity.ts'
import { isRefusal } from '../../src/core/refusal.ts'
import { readClaims } from '../../src/identify/claims/claim-table.ts'
import { gitlabClaims } from '../../src/identify/claims/gitlab.ts'
import { identityOf } from '../../src/identify/identity-of.ts'
import { callOf, type RequestFields } from '../../src/temporal/encode-request.ts'
import { methods } from '../../src/temporal/methods.ts'
import { gitlabClaimSets, type Members } from './issuer.ts'

/** A policy with one rule for the project of the first claim set, and one for another project. */
export const samplePolicy = `version: 1
machines:
  - name: main
    issuer: gitlab
    match:
      project_id: "48210377"
      ref_type: branch
      ref: main
      ref_protected: true
    grants:
      - namespace: payments
        role: starter
        workflow_types: [LedgerRollup]
        workflow_ids: ["ledger-*"]
  - name: other
    issuer: gitlab
    match: { project_id: "1" }
    grants:
      - { namespace: payments, role: admin }
denials:
  - name: gone
    match: { user_id: "666" }
`

/** Writes a policy into a directory of the test's own, and loads it without a service file. */
export async function sourceOf(t: Test, text: string = samplePolicy): Promise<PolicySource> {
  const directory = t.testdir({ 'policy.yaml': text })
  const policyFile = join(directory, 'policy.yaml')
  return loadSource({ configFile: undefined, policyFile }, {})
}

/** The identity of a push to the protected main branch, or of another claim set, with overrides. */
export function identityWith(claims: Members = {}, from = 'protected-branch-push'): Identity {
  const given = Object.entries({ ...gitlabClaimSets.get(from), ...claims })
  const payload = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  const identity = identityOf({
    settings: { name: 'gitlab', kind: 'gitlab', url: 'https://gitlab.com' },
    read: readClaims(gitlabClaims, payload),
    subject: 'job',
    tokenDigest: 'd',
    expiresAt: 0,
    staleKeys: false,
  })
  if (isRefusal(identity)) throw new Error(identity.detail)
  return identity
}

/** A start in the namespace payments that the sample policy's first rule covers, with overrides. */
export const goodStart: RequestFields = {
  namespace: 'payments',
  workflowType: 'LedgerRollup',
  workflowId: 'ledger-7',
  taskQueue: 'ledger',
}

/** A case as flags and claims would make it. */
export function caseOf(
  parts: Partial<Case> & { readonly name?: string; readonly fields?: RequestFields } = {},
): Case {
  const { name = 'StartWorkflowExecution', fields = goodStart, ...rest } = parts
  const method = methods.find((known) => known.name === name)
  if (method === undefined) throw new Error(`no method is called ${name}`)
  const call = callOf(method, fields)
  const identity = identityWith()
  return { identity, refused: undefined, isUnverified: false, method, call, notes: [], ...rest }
}

/** The account of a case under a policy. */
export async function accountOf(t: Test, example: Case, policy?: string): Promise<Account> {
  return accountFor(await sourceOf(t, policy), example)
}
