import t from 'tap'
import type { RefusalCode } from '../../src/core/refusal.ts'
import { gitlabClaimSets } from '../support/issuer.ts'
import { connectTo, send } from '../support/refused-call.ts'
import { startSallyport } from '../support/sallyport.ts'
import { startUpstream } from '../support/upstream.ts'

/** What a careful operator writes, and below it rules that fit a token which only looks right. */
const machines = `
  - name: ledger-main
    issuer: gitlab
    match: { project_id: "48210377", ref: main, ref_type: branch, ref_protected: true }
    grants: [{ namespace: payments, role: starter }]
  - name: ledger-release
    issuer: gitlab
    match: { project_id: "48210377", ref_type: tag, environment: production, environment_protected: true }
    grants: [{ namespace: payments-production, role: starter }]
  - name: nightly
    issuer: gitlab
    match: { project_id: "1187", pipeline_source: schedule, ref_protected: true }
    grants: [{ namespace: reports, role: starter }]
  - name: onboarding
    issuer: gitlab
    match: { project_id: "50113692", ref: main, ref_type: branch, ref_protected: true }
    grants: [{ namespace: identity, role: starter }]
  - name: careless-about-forks
    issuer: gitlab
    match: { job_project_id: "48210377", ref: main, ref_type: branch }
    grants: [{ namespace: payments, role: starter }]
  - name: careless-about-agents
    issuer: gitlab
    match: { project_id: "48210377", ref: refs/workloads/c727f70ba7f, ref_type: branch }
    grants: [{ namespace: payments, role: starter }]
  - name: careless-about-policy-jobs
    issuer: gitlab
    match: { project_id: "48210377", ref: feature/idempotency, ref_type: branch }
    grants: [{ namespace: payments, role: starter }]
`

const namespaces = ['payments', 'payments-production', 'reports', 'identity'] as const

interface Expectation {
  /** The one namespace in which the token may start, and the rule that says so. */
  readonly allowed?: readonly [namespace: (typeof namespaces)[number], rule: string]
  /** Why it may not in the others. */
  readonly code: RefusalCode
  /** Rules that match it all the same. */
  readonly rules?: readonly string[]
}

const expected: Readonly<Record<string, Expectation>> = {
  'protected-branch-push': {
    allowed: ['payments', 'ledger-main'],
    code: 'not_granted',
    rules: ['ledger-main', 'careless-about-forks'],
  },
  'tag-release-production-environment': {
    allowed: ['payments-production', 'ledger-release'],
    code: 'not_granted',
    rules: ['ledger-release'],
  },
  'merge-request-from-fork-in-parent-project': {
    code: 'guard_fork_pipelines',
    rules: ['careless-about-forks'],
  },
  'schedule-with-environment-self-managed': {
    allowed: ['reports', 'nightly'],
    code: 'not_granted',
    rules: ['nightly'],
  },
  'ai-agent-merge-request': { code: 'not_granted' },
  'duo-workload-pipeline': { code: 'guard_agents', rules: ['careless-about-agents'] },
  'child-pipeline-with-shared-component': {
    allowed: ['identity', 'onboarding'],
    code: 'not_granted',
    rules: ['onboarding'],
  },
  'scan-policy-injected-job': {
    code: 'guard_policy_jobs',
    rules: ['careless-about-policy-jobs'],
  },
}

void t.test('all eight kinds of tokens are tried', async (t) => {
  t.same(Object.keys(expected), [...gitlabClaimSets.keys()])
})

void t.test('each kind of token gets what its own rule grants, and nothing else', async (t) => {
  const upstream = await startUpstream(() => ({ message: Buffer.of() }))
  t.teardown(upstream.close)
  const sallyport = await startSallyport(t, { machines, upstreamAddress: upstream.address })
  const session = await connectTo(t, sallyport)
  const start = async (token: string, namespace: string) => {
    const request = { namespace, workflowId: 'w', workflowType: { name: 'Any' } }
    const before = upstream.calls.length
    const { status, words } = await send(session, {
      method: 'StartWorkflowExecution',
      request,
      token,
    })
    const decisionId = /d-\w{12}/.exec(words)?.[0]
    const entries = sallyport.entries().filter(({ kind }) => kind === 'decision')
    const entry = entries.findLast(
      (candidate) => status === 0 || candidate['decision_id'] === decisionId,
    )
    return { status, entry, forwarded: upstream.calls.length - before }
  }

  for (const [from, { allowed, code, rules }] of Object.entries(expected)) {
    for (const namespace of namespaces) {
      const isAllowed = namespace === allowed?.[0]
      await t.test(`${from} is ${isAllowed ? 'allowed' : code} in ${namespace}`, async (t) => {
        const { status, entry, forwarded } = await start(sallyport.mint({}, { from }), namespace)
        if (isAllowed) {
          t.same({ status, forwarded }, { status: 0, forwarded: 1 })
          t.match(entry, { outcome: 'allowed', rule: allowed[1], namespace })
        } else {
          t.same({ status, forwarded }, { status: 7, forwarded: 0 })
          t.match(entry, { outcome: 'refused', code, namespace })
          t.same([entry?.['rule'], entry?.['rules']], [undefined, rules])
        }
      })
    }
  }

  await t.test('the list of audiences that a self-managed instance may sign', async (t) => {
    const from = 'schedule-with-environment-self-managed'
    const aud = [sallyport.issuer.audience, 'https://vault.corp.example']
    const { status, entry, forwarded } = await start(sallyport.mint({ aud }, { from }), 'reports')
    t.same({ status, forwarded }, { status: 16, forwarded: 0 })
    t.match(entry, { outcome: 'refused', code: 'audience_mismatch' })
  })
})
