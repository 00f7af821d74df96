import t from 'tap'
import { readClaims } from '../../../src/identify/claims/claim-table.ts'
import {
  gitlabClaims,
  gitlabGuardedClaims,
  gitlabJobClaims,
  gitlabPersonClaims,
} from '../../../src/identify/claims/gitlab.ts'
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

/** What GitLab 18 signs for a person who logs in with the scopes openid, profile and email. */
const login = {
  iss: 'https://gitlab.com',
  sub: '9120455',
  aud: 'a1b2c3',
  exp: 1795413120,
  iat: 1795413000,
  nonce: 'n',
  auth_time: 1795412000,
  sub_legacy: 'cd'.repeat(32),
  name: 'Dana Meyer',
  nickname: 'dmeyer',
  preferred_username: 'dmeyer',
  email: 'dana@acme.example',
  email_verified: true,
  website: 'https://dana.example',
  profile: 'https://gitlab.com/dmeyer',
  picture: 'https://gitlab.com/a.png',
  groups_direct: ['acme', 'acme/auditors'],
}

void t.test(
  'the table accounts for every claim of a login, and keeps no personal data',
  async (t) => {
    const { claims, lists, unknown, mistyped } = readClaims(gitlabPersonClaims, login)
    t.same([unknown, mistyped], [[], []])
    t.same(Object.fromEntries(claims), { user_id: '9120455', user_login: 'dmeyer' })
    t.same(Object.fromEntries(lists), { groups_direct: ['acme', 'acme/auditors'] })
  },
)

void t.test('every token of a job carries a claim that no login does', async (t) => {
  for (const [name, payload] of gitlabClaimSets) {
    t.ok(
      gitlabJobClaims.some((claim) => Object.hasOwn(payload, claim)),
      name,
    )
  }
  for (const claim of gitlabJobClaims) {
    t.ok(gitlabClaims.has(claim), claim)
    t.notOk(gitlabPersonClaims.has(claim), claim)
  }
})
