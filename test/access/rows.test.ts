import t from 'tap'
import { accessMatrix } from '../../src/access/rows.ts'
import { ledgerPolicy, policyOf } from '../support/tested-policy.ts'

const wide = policyOf(`version: 1
machines:
  - name: deploys
    issuer: gitlab
    match:
      project_id: 1
      ref_protected: true
      environment: { any_of: [staging, production, old], none_of: [old] }
      environment_protected: true
    grants:
      - { namespace: "payments-{environment}", role: release-manager, workflow_ids: [a, "b-*"] }
      - { cluster: true, role: viewer }
denials:
  - { name: here, issuer: gitlab, match: { user_id: 1 } }
roles: { release-manager: [deployer, cancel] }
`)

t.test(
  'a row for each grant, and for each value of a claim that the namespace names',
  async (t) => {
    const { rows, denials, policyHash } = accessMatrix(wide)
    t.equal(policyHash, 'sha256:0123')
    t.strictSame(
      rows.map(({ over, namespace }) => [over, namespace]),
      [
        ['namespace', 'payments-staging'],
        ['namespace', 'payments-production'],
        ['cluster', undefined],
      ],
    )
    t.match(rows[1], {
      rule: 'deploys',
      section: 'machines',
      issuer: 'gitlab',
      who: ['project_id is 1', /./, 'environment is production', /./],
      role: 'release-manager',
      verbs: ['connect', 'read', 'deploy', 'cancel'],
      narrowing: { workflow_ids: ['a', 'b-*'] },
      guards_off: [],
      cautions: [],
    })
    t.match(rows[2], {
      verbs: ['browse'],
      who: [/./, /./, /environment is staging, production/, /./],
    })
    t.strictSame(denials, [{ denial: 'here', issuer: 'gitlab', who: ['user_id is 1'] }])
  },
)

t.test('people, the audit review, and denials for every issuer', async (t) => {
  const { rows, denials } = accessMatrix(ledgerPolicy)
  t.match(rows[2], {
    rule: 'auditors',
    section: 'people',
    over: 'audit',
    role: 'review',
    verbs: [],
  })
  t.strictSame(denials, [{ denial: 'left', who: ['user_id is 9'] }])
})

t.test('of one namespace only what concerns it, and the denials', async (t) => {
  const { rows, denials } = accessMatrix(wide, 'payments-production')
  t.match(rows, [{ namespace: 'payments-production' }])
  t.equal(rows.length, 1)
  t.equal(denials.length, 1)
  t.strictSame(accessMatrix(wide, 'payments').rows, [])
})

t.test('a claim that nothing pins names no namespace', async (t) => {
  const loose = policyOf(`version: 1
machines:
  - name: a
    issuer: gitlab
    match: { project_id: 1 }
    grants: [{ namespace: "{environment}", role: viewer }]
  - name: b
    issuer: gitlab
    match: { environment: { glob: "*" } }
    grants: [{ namespace: "{environment}", role: viewer }]
`)
  t.strictSame(accessMatrix(loose).rows, [])
})
