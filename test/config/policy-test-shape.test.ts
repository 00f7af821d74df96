import t from 'tap'
import { policyTestShape } from '../../src/config/policy-test-shape.ts'
import { contentOf, shapeProblems } from '../support/config-text.ts'

const problems = (identities: string, test: string) =>
  shapeProblems(
    `version: 1\nidentities:\n  a: ${identities}\ntests:\n  - ${test}\n`,
    policyTestShape,
  )

const test = '{ name: n, identity: a, call: { method: M }, expect: allowed }'

t.test('a small file is fine, and what is left out has its default', async (t) => {
  const text = `version: 1\nidentities: { a: {} }\ntests: [${test}]\n`
  t.strictSame(contentOf(text, policyTestShape).content, {
    version: 1,
    identities: { a: { claims: {}, without: [] } },
    tests: [{ name: 'n', identity: 'a', call: { method: 'M' }, expect: 'allowed' }],
  })
})

t.test('claims are scalars or null, and kinds are known', async (t) => {
  t.strictSame(problems('{ claims: { a: x, b: 1, c: true, d: null } }', test), [])
  t.strictSame(problems('{ claims: { a: [x] } }', test), [
    'f:3:21 identities.a.claims.a: is not a value; write text, a number, true, false or null, or leave the claim out [value-invalid]',
  ])
  t.strictSame(problems('{ kind: robot }', test), [
    'f:3:14 identities.a.kind: is not a kind of identity; write machine, person or agent [value-invalid]',
  ])
})

t.test('an expectation is one of three, and says so', async (t) => {
  const expecting = (expect: string) =>
    problems('{}', `{ name: n, identity: a, call: { method: M }, expect: ${expect} }`)
  t.strictSame(expecting('{ allowed: { rule: r } }'), [])
  t.strictSame(expecting('{ refused: not_granted }'), [])
  t.match(expecting('perhaps'), [/expect: is not an expectation; write allowed, \{ allowed/])
  t.match(expecting('{}'), [/expect: needs exactly one of allowed and refused/])
  t.match(expecting('{ refused: a, allowed: { rule: r } }'), [/needs exactly one of/])
  t.match(expecting('{ refuse: a }'), [/expect.refuse: is not a key.*did you mean refused\?/])
})

t.test('lists stand in matrices only, and none is empty', async (t) => {
  const calling = (call: string) =>
    problems('{}', `{ name: n, identity: [a, b], ${call}, expect: allowed }`)
  t.strictSame(calling('calls: [{ method: [M, N], namespace: p }]'), [])
  t.match(calling('call: { method: [M, N] }'), [/call.method: is not text/])
  t.match(calling('calls: []'), [/calls: is empty; list at least one call/])
  t.match(calling('calls: [{ method: [] }]'), [/is empty; list at least one value/])
  t.match(calling('calls: [{ method: M, task_queues: q }]'), [/did you mean task_queue\?/])
})

t.test('a file without tests is refused', async (t) => {
  t.match(shapeProblems('version: 1\nidentities: {}\ntests: []\n', policyTestShape), [
    /tests: is empty; a policy that nobody tests is a guess/,
  ])
})
