import t from 'tap'
import { lintGrants } from '../../../src/config/lint/lint-grants.ts'
import type { Rule } from '../../../src/core/rule.ts'
import { policyLines, policyOf, policyProblems } from '../../support/checked-policy.ts'

function codesOf(parts: Parameters<typeof policyOf>[0]): string[] {
  return policyProblems(policyOf(parts)).map(({ code }) => code)
}

void t.test('a guard that is turned off is said with what that means', async (t) => {
  t.match(policyLines(policyOf({ allow: 'fork_pipelines, agents, policy_jobs, other_tokens' })), [
    /^f:6:13 machines\[0\]\.allow\[0\]: warning: lets merge request pipelines of forks in, .* \[guard-allowed\]$/,
    /^f:6:29 machines\[0\]\.allow\[1\]: warning: lets AI agents in/,
    /^f:6:37 machines\[0\]\.allow\[2\]: warning: lets jobs in that a security policy injected/,
    /^f:6:50 machines\[0\]\.allow\[3\]: warning: lets tokens in that no CI job holds/,
  ])
})

void t.test('a rule for agents lets agents in by itself, and others by word', async (t) => {
  t.strictSame(codesOf({ section: 'agents', allow: 'agents' }), [])
  t.match(policyLines(policyOf({ section: 'agents', allow: 'agents, policy_jobs' })), [
    /^f:6:21 agents\[0\]\.allow\[1\]: .* \[guard-allowed\]$/,
  ])
})

void t.test('an agent that may change things is warned of', async (t) => {
  const grants = '{ namespace: n, role: caller }'
  t.strictSame(policyLines(policyOf({ section: 'agents', grants })), [
    'f:7:36 agents[0].grants[0].role: warning: lets an AI agent start, signal, update, with nobody to ask; grant viewer, or narrow it to what it must do [agent-writes]',
  ])
  t.strictSame(codesOf({ section: 'agents' }), [])
})

void t.test('a worker is for certain queues', async (t) => {
  t.strictSame(policyLines(policyOf({ grants: '{ namespace: n, role: worker }' })), [
    'f:7:36 machines[0].grants[0].role: warning: takes the tasks of every queue in the namespace, with all their input; add task_queues [worker-any-queue]',
  ])
  t.strictSame(codesOf({ grants: '{ namespace: n, role: worker, task_queues: [ledger] }' }), [])
  t.strictSame(codesOf({ grants: '{ namespace: n, role: admin }' }), [])
})

void t.test("Temporal's own roles are wide, and the cluster is everybody's", async (t) => {
  t.strictSame(codesOf({ grants: '{ namespace: n, role: "temporal:write" }' }), ['role-wide'])
  t.strictSame(policyLines(policyOf({ grants: '{ cluster: true, role: admin }' })), [
    'f:7:37 machines[0].grants[0].role: warning: manages remote clusters and Nexus endpoints, which concern every namespace; write viewer, unless that is its task [cluster-admin]',
  ])
  t.strictSame(codesOf({ grants: '{ cluster: true, role: viewer }' }), [])
})

void t.test('a namespace that the author of the pipeline chooses is warned of', async (t) => {
  const grants = '{ namespace: "n-{pipeline_source}", role: viewer }'
  const among = 'pipeline_source: { any_of: [push, web] }'
  t.strictSame(policyLines(policyOf({ match: `project_id: 1, ${among}`, grants })), [
    'f:7:27 machines[0].grants[0].namespace: warning: lets whoever writes the pipeline choose {pipeline_source} among push, web; add ref_protected: true or environment_protected: true, or write it out [namespace-choosable]',
  ])
  t.strictSame(codesOf({ match: `project_id: 1, ref_protected: true, ${among}`, grants }), [])
  t.strictSame(codesOf({ match: 'project_id: 1, pipeline_source: push', grants }), [])
  const byId = {
    match: 'project_id: { any_of: [1, 2] }',
    grants: '{ namespace: "n-{project_id}", role: viewer }',
  }
  t.strictSame(codesOf(byId), [])
})

void t.test(
  'a claim that the rule does not pin is an error elsewhere, and no warning here',
  async (t) => {
    const rule: Rule = {
      name: 'a',
      issuer: 'own',
      kind: 'machine',
      match: new Map(),
      allow: new Set(),
      grants: [
        {
          rule: 'a',
          role: 'viewer',
          over: { namespace: 'n-{ref}' },
          verbs: new Set(),
          narrowing: new Map(),
        },
      ],
    }
    lintGrants({ rule, path: [], allow: [] }, () => t.fail('no warning'))
    t.pass()
  },
)
