import t from 'tap'
import { gitlabGuards, guardNames, guardRefusal, isAgent } from '../../src/core/guard.ts'
import { refusals } from '../../src/core/refusal.ts'
import { gitlabClaimSets } from '../support/issuer.ts'

/** A job on a branch of its own project, as current versions of GitLab describe it. */
const ordinary: Readonly<Record<string, string | undefined>> = {
  job_id: '1',
  pipeline_id: '2',
  project_id: '3',
  job_project_id: '3',
  pipeline_source: 'push',
  job_source: 'push',
  ref: 'main',
}

function guardsOf(claims: Readonly<Record<string, string | undefined>>) {
  const present = Object.entries({ ...ordinary, ...claims }).flatMap(
    ([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]),
  )
  return gitlabGuards(new Map(present))
}

const cases: readonly [what: string, claims: typeof ordinary, guards: readonly string[]][] = [
  ['an ordinary job', {}, []],
  [
    'a merge request of its own project',
    { pipeline_source: 'merge_request_event', job_source: 'merge_request_event' },
    [],
  ],
  ['a job of an older GitLab', { job_project_id: undefined, job_source: undefined }, []],
  ['a job of another project than it says', { project_id: '4' }, ['fork_pipelines']],
  [
    'a merge request of an older GitLab',
    { job_project_id: undefined, job_source: undefined, pipeline_source: 'merge_request_event' },
    ['fork_pipelines'],
  ],
  ['a Duo flow', { pipeline_source: 'duo_workflow', job_source: 'duo_workflow' }, ['agents']],
  ['a workload ref', { ref: 'refs/workloads/7' }, ['agents']],
  ['a branch that only looks like a workload', { ref: 'x/refs/workloads/7' }, []],
  ['a job without a ref', { ref: undefined }, []],
  ['a policy job', { job_source: 'pipeline_execution_policy' }, ['policy_jobs']],
  ['a token without a job', { job_id: undefined }, ['other_tokens']],
  ['a token without a pipeline', { pipeline_id: undefined }, ['other_tokens']],
  [
    'a token without a project',
    { project_id: undefined, job_project_id: undefined },
    ['other_tokens'],
  ],
  [
    'everything at once',
    { job_id: undefined, project_id: '4', pipeline_source: 'duo_workflow' },
    ['other_tokens', 'fork_pipelines', 'agents', 'policy_jobs'],
  ],
]

for (const [what, claims, guards] of cases) {
  void t.test(`${what} trips ${guards.join(', ') || 'no guard'}`, async (t) => {
    t.strictSame(guardsOf(claims), guards)
  })
}

void t.test('real claim sets trip the guards that were made for them', async (t) => {
  const tripped = [...gitlabClaimSets].map(([name, payload]) => {
    const strings = Object.entries(payload).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    )
    return [name, gitlabGuards(new Map(strings))]
  })
  t.strictSame(Object.fromEntries(tripped), {
    'protected-branch-push': [],
    'tag-release-production-environment': [],
    'merge-request-from-fork-in-parent-project': ['fork_pipelines'],
    'schedule-with-environment-self-managed': [],
    // An agent that pushes branches looks like anybody else who does.
    'ai-agent-merge-request': [],
    'duo-workload-pipeline': ['agents'],
    'child-pipeline-with-shared-component': [],
    'scan-policy-injected-job': ['policy_jobs'],
  })
})

void t.test('an agent is told by its pipeline or its ref', async (t) => {
  t.ok(isAgent(new Map([['pipeline_source', 'duo_workflow']])))
  t.ok(isAgent(new Map([['ref', 'refs/workloads/1']])))
  t.notOk(isAgent(new Map()))
})

void t.test('each guard has a refusal of its own', async (t) => {
  for (const guard of guardNames) {
    t.equal(guardRefusal(guard), `guard_${guard}`)
    t.ok(guardRefusal(guard) in refusals)
  }
})
