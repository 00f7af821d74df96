import t from 'tap'
import { callLink, jobLink, searchLink, workflowLink } from '../../../src/review/pages/links.ts'

t.test('a job of GitLab has an address', async (t) => {
  for (const principal of [
    'gitlab.com/acme/payments/ledger-workers/-/jobs/11840226751',
    'git.acme.example:8443/gitlab/acme/a.b_c/-/jobs/1',
  ]) {
    t.equal(jobLink(principal), `https://${principal}`)
  }
})

const noJobs: readonly unknown[] = [
  undefined,
  7,
  '',
  'loopback',
  'gitlab.com:project_path:acme/a',
  'gitlab.com/-/jobs/1',
  'gitlab.com/acme/-/jobs/1',
  'javascript:alert(1)//a/b/-/jobs/1',
  'gitlab.com/acme/../evil/-/jobs/1',
  'gitlab.com/acme/a/-/jobs/1?x',
  'gitlab.com/acme/a/-/jobs/1\n',
  'user@evil.example/acme/a/-/jobs/1',
  'evil.example\\@gitlab.com/acme/a/-/jobs/1',
  'gitlab.com/acme/%2e%2e/-/jobs/1',
  '//evil.example/acme/a/-/jobs/1',
  'gitlab.com./acme/a/-/jobs/1',
  `gitlab.com/${'a/'.repeat(40)}-/jobs/1`,
]

for (const principal of noJobs) {
  t.test(`${JSON.stringify(principal)} has none`, async (t) => {
    t.equal(jobLink(principal), undefined)
  })
}

t.test('a workflow is found in the UI, whatever its id is', async (t) => {
  const ui = 'https://temporal.example/ui'
  t.equal(
    workflowLink(ui, 'payments', 'ledger-7'),
    'https://temporal.example/ui/namespaces/payments/workflows/ledger-7',
  )
  t.equal(
    workflowLink(ui, 'a b', '../"><script>?#'),
    'https://temporal.example/ui/namespaces/a%20b/workflows/..%2F%22%3E%3Cscript%3E%3F%23',
  )
})

t.test('where there is no UI, or no address can hold the id, there is no link', async (t) => {
  const ui = 'https://temporal.example'
  t.equal(workflowLink(undefined, 'payments', 'a'), undefined)
  for (const id of [undefined, '', '.', '..', 'a\uD800', 7]) {
    t.equal(workflowLink(ui, 'payments', id), undefined, JSON.stringify(id))
    t.equal(workflowLink(ui, id, 'a'), undefined, JSON.stringify(id))
  }
})

t.test('our own pages', async (t) => {
  t.equal(callLink('d-7/..'), '/review/calls/d-7%2F..')
  t.equal(searchLink({}), '/review')
  t.equal(searchLink({ user: 'a&b', from: '' }), '/review?user=a%26b')
})
