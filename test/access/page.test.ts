import t from 'tap'
import { accessPage } from '../../src/access/page.ts'
import { accessMatrix } from '../../src/access/rows.ts'
import { ledgerPolicy, policyOf } from '../support/tested-policy.ts'

const page = (policy = ledgerPolicy) =>
  accessPage({ matrix: accessMatrix(policy), file: 'policy.yaml', date: '2026-11-23' })

t.test('the page says of which policy it is, and of which day', async (t) => {
  t.match(page(), '<title>Access review of policy.yaml, 2026-11-23</title>')
  t.match(page(), '<dd>sha256:0123</dd>')
  t.match(page(), '<dt>To look at twice</dt><dd>2</dd>')
})

t.test('a table for each place, with every grant and every denial to be ticked', async (t) => {
  const captions = [...page().matchAll(/<caption>(.*?)<\/caption>/g)].map(([, text]) => text)
  t.strictSame(captions, [
    'Namespace payments',
    'The audit review',
    'Denials: nothing at all, whatever rules say',
  ])
  t.equal(page().match(/<span>keep<\/span>/g)?.length, 5)
  t.match(page(), '<li>ref is main</li>')
  t.match(page(), '<small>every issuer</small>')
  t.equal(page().match(/class="twice"/g)?.length, 2)
})

t.test('a policy without denials has no table of them', async (t) => {
  t.notMatch(page(policyOf('version: 1\n')), /<table>/)
  const local = policyOf(`version: 1
denials: [{ name: d, issuer: gitlab, match: { user_id: 1 } }]
`)
  t.match(page(local), '<small>gitlab</small>')
})

t.test('nothing on the page is loaded or run, and values stay text', async (t) => {
  const policy = policyOf(`version: 1
machines:
  - name: a
    issuer: gitlab
    match: { project_id: 1, ref: '<script>"&' }
    grants: [{ namespace: "<b>", role: viewer }]
`)
  t.match(page(policy), '<li>ref is &lt;script&gt;&quot;&amp;</li>')
  t.match(page(policy), '<caption>Namespace &lt;b&gt;</caption>')
  t.notMatch(page(policy), /<script|src=|href=|url\(|@import/)
  t.match(page(), `content="default-src 'none'; style-src 'unsafe-inline'"`)
})

t.test('the elements are nested as HTML wants them', async (t) => {
  const open: string[] = []
  for (const [, slash, name = ''] of page().matchAll(/<(\/?)([a-z0-9]+)[^>]*>/g)) {
    if (['meta', 'br'].includes(name)) continue
    if (slash === '') open.push(name)
    else t.equal(open.pop(), name)
  }
  t.strictSame(open, [])
})
