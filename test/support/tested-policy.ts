import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compilePolicy } from '../../src/config/compile-policy.ts'
import { policyShape } from '../../src/config/policy-shape.ts'
import type { IdentityKind } from '../../src/core/identity.ts'
import type { Policy } from '../../src/core/policy.ts'
import { testPolicy, type Expectation, type PolicyTest } from '../../src/core/policy-test.ts'
import { claimedIdentity } from '../../src/identify/claimed-identity.ts'
import { callOf, type NamedFields } from '../../src/temporal/encode-request.ts'
import { methods } from '../../src/temporal/methods.ts'
import { contentOf } from './config-text.ts'

/** A policy of a text, compiled without the checks that a service makes. */
export function policyOf(text: string): Policy {
  const { yaml, content } = contentOf(text, policyShape)
  return compilePolicy(yaml, content, 'sha256:0123')
}

/** Claims of a push to a protected main branch. */
export const mainClaims = {
  project_id: '1',
  job_project_id: '1',
  project_path: 'acme/ledger',
  pipeline_id: '2',
  job_id: '3',
  ref: 'main',
  ref_type: 'branch',
  ref_protected: 'true',
}

/** A policy with two rules, one of which has two grants, and a denial. */
export const ledgerPolicy = policyOf(`version: 1
machines:
  - name: main
    issuer: gitlab
    match: { project_id: 1, ref_type: branch, ref: main }
    grants:
      - { namespace: payments, role: starter, workflow_ids: [ledger-*] }
      - { namespace: payments, role: caller, workflow_ids: [ledger-*], handlers: [close] }
people:
  - name: auditors
    issuer: gitlab
    match: { user_id: 7 }
    grants: [{ audit: review }, { namespace: payments, role: viewer }]
denials:
  - name: left
    match: { user_id: "9" }
`)

interface Asked extends NamedFields {
  readonly method: string
  readonly claims?: Readonly<Record<string, string>>
  readonly kind?: IdentityKind
  readonly name?: string
  readonly expect: Expectation
}

/** A test of a policy, by whoever pushes to main unless other claims are given. */
export function askedOf({ method, claims, kind, name, expect, ...fields }: Asked): PolicyTest {
  const issuer = { name: 'gitlab', kind: 'gitlab', url: 'https://gitlab.test' } as const
  const all = new Map(Object.entries({ ...mainClaims, ...claims }))
  return {
    name: name ?? `${method} is asked`,
    line: 3,
    column: 5,
    as: 'main',
    identity: claimedIdentity({ issuer, claims: all, kind }),
    call: callOf(
      methods.find((known) => known.name === method)!,
      fields,
    ),
    expect,
  }
}

/** What is made of some tests by {@link ledgerPolicy}, as reports take it. */
export function reported(tests: readonly PolicyTest[], requireCoverage = false) {
  return { run: testPolicy(ledgerPolicy, tests), file: 'policy.test.yaml', requireCoverage }
}

export const allowed: Expectation = { outcome: 'allowed', rule: undefined }

export const notGranted: Expectation = { outcome: 'refused', code: 'not_granted' }

/** Writes a service file, a policy and its tests into a directory, and returns the service file. */
export function writePolicyFiles(directory: string, policy: string, tests?: string): string {
  const service = join(directory, 'sallyport.yaml')
  writeFileSync(
    service,
    `version: 1
listen: { address: "127.0.0.1:7443", tls: { cert_file: not-there.crt, key_file: not-there.key } }
upstream: { address: "127.0.0.1:7233", plaintext: true }
issuers:
  gitlab: { kind: gitlab, url: "https://gitlab.test", audience: "https://sallyport.test" }
policy: policy.yaml
audit: { directory: "\${AUDIT_DIRECTORY}" }
`,
  )
  writeFileSync(join(directory, 'policy.yaml'), policy)
  if (tests !== undefined) writeFileSync(join(directory, 'policy.test.yaml'), tests)
  return service
}

/** A policy of one rule, as a file. */
export const viewerPolicy = `version: 1
machines:
  - name: viewers
    issuer: gitlab
    match: { project_id: "1" }
    grants: [{ namespace: payments, role: viewer }]
`

/** Tests of {@link viewerPolicy} that hold, as a file. */
export const viewerTests = `version: 1
identities:
  main:
    issuer: gitlab
    claims: { project_id: 1, job_project_id: 1, pipeline_id: 2, job_id: 3 }
tests:
  - name: main reads
    identity: main
    call: { method: ListWorkflowExecutions, namespace: payments }
    expect: { allowed: { rule: viewers } }
`
