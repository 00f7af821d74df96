import t from 'tap'
import { allowedGuardInWords, testInWords } from '../../src/access/words.ts'
import { guardNames } from '../../src/core/guard.ts'
import { policyOf } from '../support/tested-policy.ts'

t.test('every operator reads as a sentence', async (t) => {
  const words = (entry: string) => {
    const { rules } = policyOf(`version: 1
machines:
  - name: a
    issuer: gitlab
    match: { ref: ${entry} }
    grants: [{ namespace: n, role: viewer }]
`)
    return testInWords('ref', rules[0]!.match.get('ref')!)
  }
  t.equal(words('main'), 'ref is main')
  t.equal(words('{ any_of: [a] }'), 'ref is a')
  t.equal(words('{ any_of: [a, b, c] }'), 'ref is a, b or c')
  t.equal(words('{ none_of: [a, b] }'), 'ref is not a or b, or is missing')
  t.equal(words('{ present: true }'), 'ref is there')
  t.equal(words('{ present: false }'), 'ref is missing')
  t.equal(words('{ under: acme }'), 'ref is acme or below it')
  t.equal(words('{ glob: "v*" }'), 'ref looks like v*')
  t.equal(words('{ semver: ">=1" }'), 'ref is a version >=1')
  t.equal(
    words('{ glob: "v*", none_of: [v0] }'),
    'ref is not v0, or is missing, and ref looks like v*',
  )
})

t.test('every guard says whom it would have kept out', async (t) => {
  for (const guard of guardNames) t.match(allowedGuardInWords(guard), /^also /)
})
