import { readFileSync } from 'node:fs'
import t from 'tap'
import { claimsOf, jobs, type JobName } from '../../src/demo/jobs.ts'

interface Fixture {
  readonly name: string
  readonly claims: Readonly<Record<string, unknown>>
}

const fixtures = JSON.parse(
  readFileSync(new URL('../fixtures/gitlab-claims.json', import.meta.url), 'utf8'),
) as readonly Fixture[]

const parts = { issuer: 'https://gitlab.com', audience: 'https://a.example', at: 1_790_841_600_999 }
const shapeOf = (claims: object) =>
  Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [name, value === null ? null : typeof value]),
  )

const likeFixture: Readonly<Record<JobName, string>> = {
  rollup: 'protected-branch-push',
  expired: 'protected-branch-push',
  worker: 'protected-branch-push',
  fork: 'merge-request-from-fork-in-parent-project',
}

for (const [job, name] of Object.entries(likeFixture)) {
  void t.test(`the token of ${job} has the shape of ${name}`, async (t) => {
    const fixture = fixtures.find((candidate) => candidate.name === name)
    const claims = { ...claimsOf(jobs[job as JobName], parts), jti: '' }
    t.same(shapeOf(claims), shapeOf(fixture?.claims ?? {}))
  })
}

void t.test('times are whole seconds, and only the expired token is past its end', async (t) => {
  const now = parts.at / 1000
  for (const job of Object.values(jobs)) {
    const { iat, nbf, exp } = claimsOf(job, parts)
    t.ok([iat, nbf, exp].every(Number.isInteger))
    t.equal(exp - iat, 3600)
    t.equal(nbf, iat - 5)
    t.equal(exp < now, job.name === 'expired', job.name)
  }
})

void t.test('the fork’s token differs from the push in whose code it is', async (t) => {
  const { fork, rollup } = jobs
  t.equal(fork.claims['job_project_id'], rollup.claims['project_id'])
  t.equal(fork.claims['ref'], rollup.claims['ref'])
  t.not(fork.claims['project_id'], rollup.claims['project_id'])
})
