import t from 'tap'
import { readClaims } from '../../../src/identify/claims/claim-table.ts'
import { gitlabClaims, gitlabGuardedClaims } from '../../../src/identify/claims/gitlab.ts'
import { gitlabClaimSets } from '../../support/issuer.ts'

t.equal(gitlabClaimSets.size, 8)

for (const [name, payload] of gitlabClaimSets) {
  void t.test(`the table accounts for every claim of ${name}`, async (t) => {
    const { claims, unknown, mistyped } = readClaims(gitlabClaims, payload)
    t.same([unknown, mistyped], [[], []])
    t.equal(claims.get('project_id'), payload['project_id'])
    t.equal(claims.get('runner_id'), String(payload['runner_id']))
    for (const absent of [
      'iss',
      'sub',
      'aud',
      'exp',
      'user_email',
      'groups_direct',
      'job_config',
    ]) {
      t.notOk(claims.has(absent), absent)
    }
    for (const [claim, value] of Object.entries(payload)) {
      if (value === null) t.notOk(claims.has(claim), claim)
    }
  })

  void t.test(
    `each claim of ${name} is left out and reported when its type is flipped`,
    async (t) => {
      for (const [claim, value] of Object.entries(payload)) {
        const flipped = typeof value === 'number' ? String(value) : 7
        const { claims, mistyped } = readClaims(gitlabClaims, { ...payload, [claim]: flipped })
        t.same(mistyped, [claim])
        t.notOk(claims.has(claim), claim)
      }
    },
  )
}

void t.test('only ids can be pinned, and no id is anything else', async (t) => {
  for (const [name, { set }] of gitlabClaims) {
    t.equal(set === 'pinnable', name.endsWith('_id') || name === 'jti', name)
  }
})

void t.test('guarded claims are claims', async (t) => {
  for (const name of gitlabGuardedClaims) t.ok(gitlabClaims.has(name), name)
})
