import t from 'tap'
import { policyLines, policyOf, policyProblems } from '../support/checked-policy.ts'

void t.test('a good policy has no problems', async (t) => {
  t.strictSame(policyLines(policyOf({})), [])
  t.strictSame(policyLines(policyOf({ issuer: 'shared' })), [])
})

void t.test('a rule or denial is for an issuer that there is', async (t) => {
  const below = 'denials:\n  - { name: d, issuer: somebody, match: { user_id: 1 } }\n'
  t.strictSame(policyLines(policyOf({ issuer: 'shred', below })), [
    'f:4:13 machines[0].issuer: is not an issuer in the service file; did you mean shared? [issuer-unknown]',
    'f:9:24 denials[0].issuer: is not an issuer in the service file; known: own, shared [issuer-unknown]',
  ])
})

void t.test('rules and denials have names of their own, in all sections', async (t) => {
  const rule =
    '{ name: first, issuer: own, match: { project_id: 2 }, grants: [{ namespace: n, role: viewer }] }'
  const below = `agents:\n  - ${rule}\ndenials:\n  - { name: first, match: { user_id: 1 } }\n`
  const own = 'is the name of an earlier rule; give each its own [name-duplicate]'
  t.strictSame(policyLines(policyOf({ below })), [
    `f:9:13 agents[0].name: ${own}`,
    `f:11:13 denials[0].name: ${own}`,
  ])
})

void t.test('every problem comes at once, in the order of the file', async (t) => {
  const below = `denials:
  - { name: d, match: { user_idd: 1 } }
roles:
  r: [cancle]
`
  const text = policyOf({
    match: 'projct_id: 1, ref: "*"',
    grants: '{ role: viewer }',
    below,
  })
  t.strictSame(
    policyProblems(text).map(({ line, code }) => `${line} ${code}`),
    [
      '5 claim-unknown',
      '5 ref-without-type',
      '5 pattern-in-value',
      '7 grant-scope',
      '9 claim-unknown',
      '11 role-unused',
      '11 role-unknown',
    ],
  )
})

void t.test('a rule with an error is not looked at for warnings, but the others are', async (t) => {
  const wide = (name: string, match: string) =>
    `  - { name: ${name}, issuer: own, match: { ${match} }, grants: [{ namespace: n, role: "temporal:read" }] }\n`
  const text = `version: 1\nmachines:\n${wide('a', 'project_idd: 1')}${wide('b', 'project_id: 2')}`
  t.strictSame(
    policyProblems(text).map(({ line, code }) => `${line} ${code}`),
    ['3 claim-unknown', '4 role-wide'],
  )
})

void t.test('an error in a denial is no reason to say what it denies', async (t) => {
  const denial = (claim: string) =>
    `denials:\n  - { name: d, match: { project_id: 1, ${claim} } }\n`
  const codes = (below: string) => policyProblems(policyOf({ below })).map(({ code }) => code)
  t.strictSame(codes(denial('ref_protected: true')), ['rule-denied'])
  t.strictSame(codes(denial('sha: ab').replace('match', 'issuer: own, match')), [])
  t.strictSame(codes(denial('ref_protectd: true')), ['claim-unknown'])
})

void t.test('each section is checked by the claims of those whom it is about', async (t) => {
  const codes = (section: string, match: string) =>
    policyProblems(
      `version: 1\n${section}: [{ name: a, issuer: own, match: { ${match} }, grants: [{ namespace: n, role: viewer }] }]\n`,
    ).map(({ code }) => code)
  t.strictSame(codes('people', 'groups_direct: acme'), [])
  t.strictSame(codes('people', 'project_id: 1'), ['claim-unknown'])
  t.strictSame(codes('machines', 'groups_direct: acme'), ['claim-ignored'])
  t.strictSame(codes('agents', 'project_id: 1'), [])
  const denials = (match: string) =>
    policyProblems(`version: 1\ndenials: [{ name: d, match: { ${match} } }]\n`).map(
      ({ code }) => code,
    )
  t.strictSame(denials('groups_direct: acme, project_id: 1'), ['rules-none'])
  t.strictSame(denials('sub: a'), ['claim-ignored', 'rules-none'].toReversed())
})
