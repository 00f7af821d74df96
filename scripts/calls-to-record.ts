import type { DecisionFacts } from '../src/core/audit-entry.ts'
import { decide } from '../src/core/decision.ts'
import { gitlabGuards } from '../src/core/guard.ts'
import type { Identity } from '../src/core/identity.ts'
import { compilePattern } from '../src/core/pattern.ts'
import { createPolicy } from '../src/core/policy.ts'
import { builtInRoles, verbsIn } from '../src/core/role.ts'
import type { Rule } from '../src/core/rule.ts'
import { methods } from '../src/temporal/methods.ts'

/** What is known of a call before it gets its time and its name. */
export type CallToRecord = Omit<DecisionFacts, 'at' | 'decisionId'>

const jobCount = 500
const projectId = '48210377'

const rule: Rule = {
  name: 'ledger-main',
  issuer: 'gitlab',
  kind: 'machine',
  match: new Map([['project_id', { operator: 'exact', value: projectId }]]),
  allow: new Set(),
  grants: [
    {
      rule: 'ledger-main',
      role: 'starter',
      over: { namespace: 'payments' },
      verbs: verbsIn('namespace', new Set(builtInRoles.get('starter'))),
      narrowing: new Map([['workflow_ids', [compilePattern('ledger-*')]]]),
    },
  ],
}

const policy = createPolicy({ rules: [rule], denials: [], hash: `sha256:${'77ab'.repeat(16)}` })

/** A job of a GitLab project on its protected main branch, with every claim that GitLab signs. */
function jobOf(index: number): Identity {
  const jobId = String(11_840_226_751 + index)
  const path = 'acme/payments/ledger-workers'
  const sha = (index + 1).toString(16).padStart(40, '4f0d0c6a8f1b3a7d9c2e55b1f6a7e0d2c3b49a18')
  const claims = new Map(
    Object.entries({
      project_id: projectId,
      project_path: path,
      namespace_id: '7290114',
      namespace_path: 'acme/payments',
      job_project_id: projectId,
      job_project_path: path,
      job_namespace_id: '7290114',
      job_namespace_path: 'acme/payments',
      user_id: '8120455',
      user_login: 'dmeyer',
      user_access_level: 'maintainer',
      pipeline_id: String(2_071_884_310 + Math.floor(index / 5)),
      pipeline_source: 'push',
      job_id: jobId,
      job_source: 'push',
      jti: `5b0c2d3e-0000-4000-8000-${jobId.padStart(12, '0')}`,
      ref: 'main',
      ref_type: 'branch',
      ref_path: 'refs/heads/main',
      ref_protected: 'true',
      environment: 'production',
      environment_protected: 'true',
      environment_action: 'start',
      deployment_tier: 'production',
      runner_id: '12270807',
      runner_environment: 'gitlab-hosted',
      project_visibility: 'private',
      sha,
      ci_config_ref_uri: `gitlab.com/${path}//.gitlab-ci.yml@refs/heads/main`,
      ci_config_sha: sha,
    }),
  )
  return {
    issuer: 'gitlab',
    kind: 'machine',
    subject: `project_path:${path}:ref_type:branch:ref:main`,
    principal: `gitlab.com/${path}/-/jobs/${jobId}`,
    claims,
    guards: gitlabGuards(claims),
    tokenDigest: index.toString(16).padStart(64, 'ab'),
    expiresAt: Date.now() + 3_600_000,
    staleKeys: false,
  }
}

/** Starts of a workflow, one by each of many jobs, decided on as they would be in service. */
export function callsToRecord(): readonly CallToRecord[] {
  const method = methods.find(({ name }) => name === 'StartWorkflowExecution')
  if (method === undefined) throw new Error('the method table has no StartWorkflowExecution')
  const message = new Uint8Array(585)
  return Array.from({ length: jobCount }, (_, index) => {
    const identity = jobOf(index)
    const workflowId = `ledger-${identity.claims.get('pipeline_id') ?? ''}`
    const facts = { workflowId, workflowType: 'LedgerRollup', taskQueue: 'ledger' }
    const call = {
      method,
      namespace: 'payments',
      needs: [
        {
          namespace: 'payments',
          verb: 'start',
          fields: {
            workflow_ids: workflowId,
            workflow_types: facts.workflowType,
            task_queues: facts.taskQueue,
          },
        },
      ],
      facts: { ...facts, requestId: `0b6d2e61-53c8-4d51-9e0a-${workflowId.slice(-10)}00` },
      objections: [],
      message,
      metadata: [],
      deadline: undefined,
    } as const
    const decision = decide(policy, identity, call)
    if (!decision.allowed) throw new Error(decision.refusal.detail)
    const where = { path: method.path, peer: '10.4.2.17', policyHash: policy.hash }
    return { method, ...where, identity, call, decision, shadow: undefined }
  })
}
