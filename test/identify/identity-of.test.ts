import t from 'tap'
import { isRefusal } from '../../src/core/refusal.ts'
import { readClaims } from '../../src/identify/claims/claim-table.ts'
import { gitlabClaims } from '../../src/identify/claims/gitlab.ts'
import { identityOf } from '../../src/identify/identity-of.ts'
import { gitlabClaimSets } from '../support/issuer.ts'

const settings = { name: 'gitlab', kind: 'gitlab', url: 'https://gitlab.com' } as const
const rest = { settings, subject: 's', tokenDigest: 'd', expiresAt: 7, staleKeys: true }

void t.test('a payload becomes an identity with the claims and guards of its kind', async (t) => {
  const of = (name: string) =>
    identityOf({ ...rest, read: readClaims(gitlabClaims, gitlabClaimSets.get(name) ?? {}) })
  t.match(of('protected-branch-push'), {
    issuer: 'gitlab',
    kind: 'machine',
    subject: 's',
    principal: 'gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751',
    guards: [],
    tokenDigest: 'd',
    expiresAt: 7,
    staleKeys: true,
  })
  t.match(of('merge-request-from-fork-in-parent-project'), { guards: ['fork_pipelines'] })
  t.match(of('duo-workload-pipeline'), { kind: 'agent', guards: ['agents'] })
})

void t.test('a mistyped claim that a guard rests on is refused, not left out', async (t) => {
  const identity = identityOf({ ...rest, read: readClaims(gitlabClaims, { job_project_id: 1 }) })
  t.ok(isRefusal(identity))
  t.match(identity, { code: 'credential_malformed', detail: /"job_project_id" of gitlab/ })
})
