import t from 'tap'
import { html } from '../../../src/review/html.ts'
import {
  decidedFacts,
  decisionFields,
  endingFields,
  factRow,
  factRows,
  factSection,
  factText,
  isOneEntry,
  whatFields,
  whoFields,
} from '../../../src/review/pages/call-facts.ts'
import { flat } from '../../support/review-page.ts'

t.test(
  'facts are shown by their labels, in their order, and only where they are known',
  async (t) => {
    const labels = { b: 'Second', a: 'First', c: 'Third' }
    const rows = factRows({ a: '<1>', b: ['x', 'y'], c: '' }, labels).map(flat)
    t.same(rows, [
      '<div> <dt>Second</dt> <dd><bdi>x, y</bdi></dd> </div>',
      '<div> <dt>First</dt> <dd><bdi>&lt;1&gt;</bdi></dd> </div>',
    ])
  },
)

t.test('a section without facts says so', async (t) => {
  t.match(flat(factSection('Who called', [])), '<h2>Who called</h2> <dl><div> <dt>Nothing</dt>')
  t.match(flat(factSection('W', [factRow('A', html`b`)])), '<dl><div> <dt>A</dt>')
})

const texts = [
  [undefined, undefined],
  [null, undefined],
  ['', undefined],
  [[], undefined],
  ['a', 'a'],
  [0, '0'],
  [true, 'true'],
  [['a', 'b'], 'a, b'],
  [{ a: 1 }, '{"a":1}'],
] as const

for (const [value, text] of texts) {
  t.test(`${JSON.stringify(value)} is shown as ${text}`, async (t) => {
    t.equal(factText(value), text)
  })
}

t.test(
  'an entry that is both decision and completion is read as the one or the other',
  async (t) => {
    const whole = {
      seq: 7,
      outcome: 'failed',
      decision: 'allowed',
      code: 'upstream_unavailable',
      rule: 'r',
    }
    const record = { decision: whole, completion: whole, identity: undefined }
    t.ok(isOneEntry(record))
    t.same(decidedFacts(record), {
      ...whole,
      outcome: 'allowed',
      code: undefined,
      detail: undefined,
    })
    const two = { ...record, completion: { ...whole, seq: 8 } }
    t.notOk(isOneEntry(two))
    t.equal(decidedFacts(two), whole)
    t.notOk(isOneEntry({ ...record, completion: undefined }))
  },
)

t.test('each part of the page has its facts', async (t) => {
  t.match(whatFields, { workflow_id: 'Workflow id' })
  t.match(whoFields, { principal: 'Principal' })
  t.match(decisionFields, { rule: 'Rule that decided' })
  t.match(endingFields, { grpc_status: 'gRPC status' })
})
