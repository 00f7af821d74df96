import t from 'tap'
import { gitlabPersonPrincipal, gitlabPrincipal } from '../../src/identify/principal.ts'

const subject = 'project_path:fork/app:ref_type:branch:ref:main'
const principal = (issuerUrl: string, claims: Record<string, string>) =>
  gitlabPrincipal({ issuerUrl, subject, claims: new Map(Object.entries(claims)) })

void t.test('is the URL of the job in the project that runs it, without the scheme', async (t) => {
  const claims = { job_project_path: 'acme/app', project_path: 'fork/app', job_id: '7' }
  t.equal(principal('https://gitlab.com', claims), 'gitlab.com/acme/app/-/jobs/7')
})

void t.test('falls back to the project where older instances name no other', async (t) => {
  const claims = { project_path: 'acme/app', job_id: '7' }
  t.equal(principal('https://gitlab.test:8443', claims), 'gitlab.test:8443/acme/app/-/jobs/7')
})

void t.test('keeps a relative root and drops the last slash', async (t) => {
  const claims = { project_path: 'acme/app', job_id: '7' }
  t.equal(principal('https://dev.test/gitlab/', claims), 'dev.test/gitlab/acme/app/-/jobs/7')
  t.equal(principal('http://127.0.0.1:80', claims), '127.0.0.1:80/acme/app/-/jobs/7')
})

void t.test('is host and subject where a part is missing or empty', async (t) => {
  t.equal(principal('https://dev.test/gitlab', { project_path: 'acme/app' }), `dev.test:${subject}`)
  t.equal(principal('https://gitlab.com', { job_id: '7' }), `gitlab.com:${subject}`)
  t.equal(
    principal('https://gitlab.com', { job_id: '', project_path: 'a/b' }),
    `gitlab.com:${subject}`,
  )
})

const person = (issuerUrl: string, login?: string, id = '7') =>
  gitlabPersonPrincipal({
    issuerUrl,
    subject: id,
    claims: new Map(login === undefined ? [] : [['user_login', login]]),
  })

void t.test("a person's is the URL of the profile, without the scheme", async (t) => {
  t.equal(person('https://gitlab.com', 'rita.reviewer'), 'gitlab.com/rita.reviewer')
  t.equal(person('https://dev.test/gitlab/', '_a-b'), 'dev.test/gitlab/_a-b')
})

void t.test('a login that is none, or could be taken for more, is left out', async (t) => {
  const odd = [
    undefined,
    '',
    '.',
    '-a',
    'a/b',
    'a b',
    'a"><b',
    'a\nb',
    'ä',
    'a\u202eb',
    'x'.repeat(256),
  ]
  for (const login of odd)
    t.equal(person('https://gitlab.com', login), 'gitlab.com:7', String(login))
  t.equal(person('https://gitlab.com', undefined, 'a\nb'), 'gitlab.com:a\\u{a}b')
})
