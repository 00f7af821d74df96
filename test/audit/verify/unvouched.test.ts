import t from 'tap'
import { createProblems } from '../../../src/audit/verify/problems.ts'
import { createUnvouched } from '../../../src/audit/verify/unvouched.ts'

const place = (order: number) => ({ segment: 's', line: order, seq: order, order })

void t.test('a key that nobody trusts is one problem, however often it signs', async (t) => {
  const problems = createProblems()
  const unvouched = createUnvouched({ problems })
  unvouched.add('one', place(1), 'is signed by one')
  unvouched.add('one', place(2), 'is signed by one')
  unvouched.add('two', place(3), 'is signed by two')
  unvouched.tell()
  t.match(problems.list(), [
    {
      line: 1,
      code: 'unknown_key',
      message: 'is signed by one (the first of 2 entries by this key)',
    },
    { line: 3, message: /two$/ },
  ])
})

void t.test('what a trusted signature covers is no problem', async (t) => {
  const problems = createProblems()
  const unvouched = createUnvouched({ problems })
  unvouched.add('one', place(1), '')
  unvouched.add('one', place(2), '')
  unvouched.add('two', place(3), '')
  t.equal(unvouched.supersede(), 3)
  t.equal(unvouched.supersede(), 0)
  unvouched.tell()
  t.equal(problems.count(), 0)
})
