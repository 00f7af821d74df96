import t from 'tap'
import { issuerKinds } from '../../src/identify/issuer-kind.ts'

void t.test('GitLab signs with RS256 only', async (t) => {
  t.same(issuerKinds.gitlab.algorithms, ['RS256'])
})

void t.test('GitLab tokens are guarded, and those of its agents are recognised', async (t) => {
  const { guards, isAgent } = issuerKinds.gitlab
  const claims = new Map([['pipeline_source', 'duo_workflow']])
  t.same(guards(claims), ['other_tokens', 'agents'])
  t.equal(isAgent(claims), true)
  t.equal(isAgent(new Map()), false)
})
