import t from 'tap'
import { claimedIdentity } from '../../src/identify/claimed-identity.ts'

const issuer = { name: 'gitlab', kind: 'gitlab', url: 'https://gitlab.test' } as const

const job = { project_id: '1', job_project_id: '1', pipeline_id: '2', job_id: '3' }

const identify = (
  claims: Readonly<Record<string, string>>,
  kind?: 'machine' | 'person' | 'agent',
) => claimedIdentity({ issuer, kind, claims: new Map(Object.entries(claims)) })

t.test('claims become the identity that a token with them would have', async (t) => {
  t.match(identify({ ...job, project_path: 'acme/ledger', sub: 's', aud: 'x', unheard_of: 'y' }), {
    issuer: 'gitlab',
    kind: 'machine',
    subject: 's',
    principal: 'gitlab.test/acme/ledger/-/jobs/3',
    claims: new Map(Object.entries({ ...job, project_path: 'acme/ledger' })),
    guards: [],
    staleKeys: false,
  })
  t.equal(identify(job).subject, 'claimed')
})

t.test('guards apply to jobs, and say nothing of people', async (t) => {
  t.strictSame(identify({ project_id: '1' }).guards, ['other_tokens'])
  t.strictSame(identify({ ...job, project_id: '2' }).guards, ['fork_pipelines'])
  t.match(identify({ user_id: '1' }, 'person'), { kind: 'person', guards: [] })
})

t.test("whatever it is said to be, an agent's workload is an agent", async (t) => {
  const claims = { ...job, pipeline_source: 'duo_workflow' }
  for (const kind of ['machine', 'person', undefined] as const) {
    t.match(identify(claims, kind), { kind: 'agent', guards: ['agents'] })
  }
  t.equal(identify(job, 'agent').kind, 'agent')
})
