import t from 'tap'
import { cautionsFor, guardsOff } from '../../src/access/cautions.ts'
import { policyOf } from '../support/tested-policy.ts'

function ruleOf(match: string, grant: string, { section = 'machines', allow = '' } = {}) {
  const [rule] = policyOf(`version: 1
${section}:
  - name: a
    issuer: gitlab
    match: { ${match} }
    allow: [${allow}]
    grants: [{ namespace: n, ${grant} }]
`).rules
  return rule!
}

function cautions(...parts: Parameters<typeof ruleOf>): string[] {
  const rule = ruleOf(...parts)
  return cautionsFor(rule, rule.grants[0]!)
}

const pinned = 'project_id: 1'

t.test('what only looks needs no protection, what changes things does', async (t) => {
  t.strictSame(cautions(pinned, 'role: viewer'), [])
  const unprotected = ['changes things from an unprotected ref or environment']
  t.strictSame(cautions(pinned, 'role: starter'), unprotected)
  t.strictSame(cautions(`${pinned}, ref_protected: false`, 'role: starter'), unprotected)
  t.strictSame(
    cautions(`${pinned}, ref_protected: { any_of: [true, false] }`, 'role: starter'),
    unprotected,
  )
  t.strictSame(cautions(`${pinned}, ref_protected: true`, 'role: starter'), [])
  t.strictSame(cautions(`${pinned}, environment_protected: true`, 'role: starter'), [])
  t.strictSame(cautions('user_id: 1', 'role: starter', { section: 'people' }), [])
})

t.test('an environment that nobody protects, and names without ids', async (t) => {
  t.strictSame(cautions(`${pinned}, environment: production`, 'role: viewer'), [
    'the environment is whatever the pipeline file says',
  ])
  t.strictSame(cautions('project_path: acme/a', 'role: viewer'), [
    'rests on names, which can change hands; no id is pinned',
  ])
})

t.test('workers of every queue, and roles that are as wide as can be', async (t) => {
  const main = `${pinned}, ref_protected: true`
  t.strictSame(cautions(main, 'role: worker'), ['takes tasks from every queue'])
  t.strictSame(cautions(main, 'role: worker, task_queues: [q]'), [])
  const wide = ['takes tasks from every queue', 'admin is as wide as a role can be']
  t.strictSame(cautions(main, 'role: admin'), wide)
  t.strictSame(cautions(main, 'role: admin, task_queues: [q]'), [])
  t.match(cautions(main, 'role: "temporal:write"'), [/./, /temporal:write is as wide/])
})

t.test('guards that are off are said; agents need not be told so of themselves', async (t) => {
  t.match(cautions(pinned, 'role: viewer', { allow: 'agents, fork_pipelines' }), [
    'also AI agents',
    /^also merge request pipelines of forks/,
  ])
  const agents = ruleOf(pinned, 'role: viewer', { section: 'agents', allow: 'agents, policy_jobs' })
  t.strictSame(guardsOff(agents), ['policy_jobs'])
  t.strictSame(cautions(pinned, 'role: starter', { section: 'agents' }), [
    'an AI agent changes things, with nobody to ask',
  ])
})
