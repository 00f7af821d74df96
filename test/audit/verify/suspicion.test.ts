import t from 'tap'
import { createProblems } from '../../../src/audit/verify/problems.ts'
import { createSuspicion, type Head } from '../../../src/audit/verify/suspicion.ts'

const place = (line: number) => ({ segment: 's', line, seq: line, order: line })
const head = (isTold = false): Head => ({ seq: 1, digest: 'x', place: place(1), isTold })

const verdicts = {
  changed: [1, 'changed', /s:2, which is whole/],
  either: [1, 'changed', /or the next was/],
  inserted: [2, 'inserted', /was put in/],
  follower: [2, 'changed', /which is signed/],
} as const

for (const [verdict, [line, code, message]] of Object.entries(verdicts)) {
  void t.test(`the verdict names one of the two: ${verdict}`, async (t) => {
    const problems = createProblems()
    const suspicion = createSuspicion({ problems })
    suspicion.settle('changed')
    t.equal(problems.count(), 0, 'nobody is suspected')
    suspicion.raise(head(), place(2))
    t.equal(suspicion.isOpen(), true)
    suspicion.settle(verdict as keyof typeof verdicts)
    suspicion.settle(verdict as keyof typeof verdicts)
    t.equal(suspicion.isOpen(), false)
    t.match(problems.list(), [{ line, code, message }])
    t.equal(problems.count(), 1)
  })
}

void t.test('nobody is accused twice, and nothing that has no line', async (t) => {
  const problems = createProblems()
  const suspicion = createSuspicion({ problems })
  suspicion.raise(head(true), place(2))
  t.equal(suspicion.isOpen(), false)
  const accused = head()
  suspicion.raise(accused, place(2))
  accused.isTold = true
  suspicion.settle('changed')
  suspicion.raise({ ...head(), place: undefined }, place(2))
  suspicion.settle('changed')
  t.equal(problems.count(), 0)
})
