import { readFileSync } from 'node:fs'
import t from 'tap'
import { oddValue } from '../../src/config/claim-values.ts'
import type { ClaimUse } from '../../src/config/known-issuer.ts'
import { gitlabClaims } from '../../src/identify/claims/gitlab.ts'

const useOf = (claim: string): ClaimUse => gitlabClaims.get(claim)?.set ?? 'matchable'

const odd: readonly [claim: string, value: string, words: string][] = [
  ['ref_type', 'brnch', 'is no value of ref_type; did you mean branch?'],
  ['ref_type', 'merge_request', 'is no value of ref_type; write branch or tag'],
  ['ref_protected', 'yes', 'is no value of ref_protected; write true or false'],
  [
    'pipeline_source',
    'merge_request_events',
    'is no value of pipeline_source that is known; did you mean merge_request_event?',
  ],
  [
    'user_access_level',
    'Maintainer',
    'is no value of user_access_level that is known; did you mean maintainer?',
  ],
  ['project_id', 'acme/payments', 'is no id: project_id is a number; write its digits'],
  ['project_id', '1e3', 'is no id: project_id is a number; write its digits'],
  [
    'ref',
    'refs/heads/release/1',
    'is a path, and ref has the short name; write release/1, or test ref_path',
  ],
  ['ref', 'refs/tags/v1', 'is a path, and ref has the short name; write v1, or test ref_path'],
  ['ref_path', 'main', 'is a short name, and ref_path has the path; write refs/heads/main'],
  [
    'project_path',
    '/acme/x',
    'is no path as tokens have it; write group/project, without host and outer slashes',
  ],
  [
    'namespace_path',
    'acme/',
    'is no path as tokens have it; write group/project, without host and outer slashes',
  ],
  [
    'project_path',
    'https://gitlab.com/acme/x',
    'is no path as tokens have it; write group/project, without host and outer slashes',
  ],
]

for (const [claim, value, words] of odd) {
  void t.test(`${value} is no value of ${claim}`, async (t) => {
    t.equal(oddValue(claim, useOf(claim), value), words)
  })
}

void t.test('values that are new to this version are let be, where GitLab adds some', async (t) => {
  const fine: readonly [claim: string, value: string][] = [
    ['pipeline_source', 'security_orchestration_policy'],
    ['user_access_level', 'owner'],
    ['ref', 'refs/workloads/1'],
    ['ref', 'v1.0.0'],
    ['jti', 'a-b-c'],
    ['project_path', 'acme/payments/x'],
    ['environment', 'review/fix-123'],
  ]
  for (const [claim, value] of fine) t.equal(oddValue(claim, useOf(claim), value), undefined, claim)
})

void t.test('no claim of a real token is odd', async (t) => {
  const url = new URL('../fixtures/gitlab-claims.json', import.meta.url)
  const sets = JSON.parse(readFileSync(url, 'utf8')) as readonly { claims: object }[]
  for (const { claims } of sets) {
    for (const [claim, value] of Object.entries(claims)) {
      if (useOf(claim) === 'ignored' || value === null) continue
      t.equal(oddValue(claim, useOf(claim), String(value)), undefined, `${claim}: ${value}`)
    }
  }
})

void t.test('a group is written as its path, too', async (t) => {
  t.equal(oddValue('groups_direct', 'label', 'acme/auditors'), undefined)
  t.equal(
    oddValue('groups_direct', 'label', '/acme/auditors'),
    'is no path as tokens have it; write group/subgroup, without host and outer slashes',
  )
})
