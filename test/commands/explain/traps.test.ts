import t, { type Test } from 'tap'
import { trapsIn } from '../../../src/commands/explain/traps.ts'
import { explain } from '../../../src/core/explanation.ts'
import { isRefusal } from '../../../src/core/refusal.ts'
import { caseOf, goodStart, identityWith, samplePolicy, sourceOf } from '../../support/explain.ts'

type Asked = Parameters<typeof caseOf>[0] & { readonly policy?: string }

async function traps(t: Test, { policy, ...rest }: Asked) {
  const source = await sourceOf(t, policy)
  const { identity, call } = caseOf(rest)
  if (isRefusal(call) || isRefusal(identity)) throw new Error('refused')
  const notes = trapsIn(explain(source.policy, identity, call), identity, call)
  return notes.map(({ code, message }) => `${code}: ${message}`)
}

const one = async (t: Test, asked: Asked) => {
  const found = await traps(t, asked)
  t.equal(found.length, 1, found.join('\n'))
  return found[0] ?? ''
}

void t.test('nothing is noted where nothing is easily overlooked', async (t) => {
  t.same(await traps(t, {}), [])
  t.same(await traps(t, { identity: identityWith({ ref_protected: 'false' }) }), [])
  t.same(await traps(t, { policy: 'version: 1\n' }), [])
})

void t.test('a merge request pipeline has the protection of its source branch', async (t) => {
  const identity = identityWith({
    pipeline_source: 'merge_request_event',
    job_source: 'merge_request_event',
    ref_protected: 'false',
  })
  t.match(
    await one(t, { identity }),
    /^merge-request: .*ref_protected \(false\) is about that branch/,
  )
})

void t.test('a tag where a branch was meant, and the other way round', async (t) => {
  t.match(
    await one(t, { identity: identityWith({ ref_type: 'tag' }) }),
    /^tag-not-branch: the ref main fits, but here it is a tag/,
  )
  const policy = samplePolicy.replace('ref_type: branch', 'ref_type: tag')
  t.match(await one(t, { policy }), /^branch-not-tag/)
  t.same(await traps(t, { identity: identityWith({ ref_type: 'tag', ref: 'v1' }) }), [])
})

void t.test('a fork, also where GitLab is too old to tell', async (t) => {
  const fork = identityWith({ job_project_id: '7' })
  t.match(await one(t, { identity: fork }), /^fork: .*project_id 48210377 .* job_project_id 7/)
  const old = identityWith({
    job_project_id: undefined,
    pipeline_source: 'merge_request_event',
    job_source: undefined,
  })
  t.match(await one(t, { identity: old }), /^fork: .*no job_project_id \(GitLab before 18\.4\)/)
})

void t.test('agents, jobs of security policies and tokens that are no job', async (t) => {
  const agent = identityWith({ pipeline_source: 'duo_workflow', job_source: 'duo_workflow' })
  t.match((await traps(t, { identity: agent }))[0], /^agent: .*pipeline_source duo_workflow/)
  t.match(
    (
      await traps(t, {
        identity: identityWith({
          ref: 'refs/workloads/1',
          pipeline_source: undefined,
          job_source: undefined,
        }),
      })
    )[0],
    /^agent: .*pipeline_source ""/,
  )
  const injected = identityWith({ job_source: 'scan_execution_policy' })
  t.match(await one(t, { identity: injected }), /^policy-job: .*scan_execution_policy/)
  const bare = identityWith({ job_id: undefined, pipeline_id: undefined })
  t.match(
    await one(t, { identity: bare }),
    /^not-a-job: .*has job_id and pipeline_id, and these claims do not/,
  )
})

void t.test(
  'a claim that an older GitLab, or a job without an environment, does not have',
  async (t) => {
    const wants = (line: string) => samplePolicy.replace('ref: main', line)
    t.match(
      await one(t, {
        policy: wants('job_source: push'),
        identity: identityWith({ job_source: undefined }),
      }),
      /^claim-absent: GitLab signs job_source since 18\.9/,
    )
    t.match(
      await one(t, { policy: wants('environment: x') }),
      /^claim-absent: only jobs with an environment/,
    )
    t.same(
      await traps(t, {
        policy: wants('user_login: x'),
        identity: identityWith({ user_login: null }),
      }),
      [],
    )
  },
)

void t.test('a job of another issuer or kind that would fit otherwise', async (t) => {
  const identity = { ...identityWith(), issuer: 'else' }
  t.match(
    await one(t, { identity }),
    /^other-issuer: every claim fits the rule main, but it is for the issuer gitlab/,
  )
  const person = { ...identityWith(), kind: 'person' as const }
  t.match(
    await one(t, { identity: person }),
    /^other-kind: .*for the kind machine and this is of the kind person/,
  )
})

void t.test('values that nearly fit', async (t) => {
  t.match(
    await one(t, { identity: identityWith({ ref: 'Main' }) }),
    /^near-miss: ref Main differs from main in case only/,
  )
  t.match(
    await one(t, { fields: { ...goodStart, namespace: 'Payments' } }),
    /^near-miss: namespace Payments differs/,
  )
  t.match(
    await one(t, { fields: { ...goodStart, workflowId: 'Ledger-7' } }),
    /^near-miss: workflow_ids Ledger-7 differs from ledger-\*/,
  )
  const glob = samplePolicy.replace('ref: main', 'ref: { glob: "v*" }')
  t.same(await traps(t, { policy: glob }), [])
  t.same(await traps(t, { fields: { ...goodStart, namespace: 'risk' } }), [])
  t.same(await traps(t, { fields: { ...goodStart, workflowId: 'x' } }), [])
})

void t.test('a call that a narrowing cannot be checked against', async (t) => {
  const found = await one(t, { name: 'CountWorkflowExecutions' })
  t.match(
    found,
    /^not-narrowable: read in payments: the request shows no workflow_types nor workflow_ids/,
  )
})

void t.test('sticky queues', async (t) => {
  const poll = { name: 'PollWorkflowTaskQueue', fields: { namespace: 'payments' } }
  const policy = samplePolicy.replace(
    'role: starter',
    'role: worker\n        task_queues: [ledger]',
  )
  t.match(await one(t, { ...poll, policy }), /^sticky-queue: the poll shows no shared queue/)
  const taskQueue = 'host:00000000-0000-4000-8000-000000000000'
  const own = { ...poll, fields: { ...poll.fields, taskQueue } }
  t.match(
    await one(t, { ...own, policy }),
    /^sticky-queue: host:0.* looks like a worker's own queue: .* --request/,
  )
  const shared = { ...poll, fields: { ...poll.fields, taskQueue: 'another' } }
  t.same(await traps(t, { ...shared, policy }), [])
})
