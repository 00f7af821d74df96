import t from 'tap'
import { issuersNamedIn } from '../../src/config/assumed-issuers.ts'
import { viewerPolicy } from '../support/tested-policy.ts'

t.test('the issuers that rules name are known, once each, and shared with nobody', async (t) => {
  t.match(issuersNamedIn(viewerPolicy), [{ name: 'gitlab', kind: 'gitlab', shared: false }])
  t.equal(issuersNamedIn(viewerPolicy).length, 1)
})

t.test('what is no policy names no issuer', async (t) => {
  for (const text of ['', 'machines: [', 'version: 2\n', '- a\n']) {
    t.same(issuersNamedIn(text), [], JSON.stringify(text))
  }
})
