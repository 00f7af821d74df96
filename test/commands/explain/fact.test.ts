import t, { type Test } from 'tap'
import {
  fieldWords,
  grantWords,
  factsOf,
  needWords,
  rolesWith,
  shown,
} from '../../../src/commands/explain/fact.ts'
import { explain } from '../../../src/core/explanation.ts'
import { isRefusal } from '../../../src/core/refusal.ts'
import type { RequestFields } from '../../../src/temporal/encode-request.ts'
import type { Identity } from '../../../src/core/identity.ts'
import { caseOf, goodStart, identityWith, samplePolicy, sourceOf } from '../../support/explain.ts'

interface Asked {
  readonly policy?: string
  readonly identity?: Identity
  readonly name?: string
  readonly fields?: RequestFields
}

/** What is said of the rule `main`. */
async function messages(t: Test, { policy, identity = identityWith(), name, fields }: Asked = {}) {
  const source = await sourceOf(t, policy)
  const { call } = caseOf({ ...(name && { name }), ...(fields && { fields }) })
  if (isRefusal(call)) throw new Error(call.detail)
  const told = explain(source.policy, identity, call)
  const main = told.rules.find((rule) => rule.name === 'main')
  if (main === undefined) throw new Error('no rule main')
  const facts = factsOf(main, told.needs, source.placeOf)
  return { facts, text: facts.map(({ holds, message }) => `${holds ? '+' : '-'} ${message}`) }
}

void t.test('every test and grant of a rule that fits', async (t) => {
  const { facts, text } = await messages(t)
  t.same(text, [
    '+ project_id is 48210377',
    '+ ref_type is branch',
    '+ ref is main',
    '+ ref_protected is true',
    '+ the grant of starter over payments has start in payments',
  ])
  t.match(facts[2], { claim: 'ref', wanted: 'main', value: 'main', place: { line: 8 } })
})

void t.test('claims that do not fit show what is wanted and what is there', async (t) => {
  const identity = identityWith({ ref: 'dev', ref_type: undefined })
  const { text } = await messages(t, { identity })
  t.ok(text.includes('- ref: wanted main, the token has dev'))
  t.ok(text.includes('- ref_type: wanted branch, the token has none'))
  const absent = samplePolicy.replace('ref: main', 'environment: { present: false }')
  t.ok((await messages(t, { policy: absent })).text.includes('+ environment is absent'))
})

void t.test('rules of another issuer or section, and guards', async (t) => {
  const stranger = {
    ...identityWith({ job_project_id: '7' }),
    issuer: 'else',
    kind: 'person' as const,
  }
  const { text } = await messages(t, { identity: stranger })
  t.match(text[0], '- is for tokens of the issuer gitlab')
  t.match(text[1], '- is for identities of the kind machine')
  t.ok(text.includes('- the guard fork_pipelines is tripped, and the rule does not allow it'))
})

void t.test('what a grant lacks', async (t) => {
  const last = async (asked: Asked) => (await messages(t, asked)).text.at(-1)
  t.match(
    await last({ fields: { ...goodStart, workflowId: 'Ledger' } }),
    /is narrowed to workflow_ids \[ledger-\*\], which Ledger does not match/,
  )
  t.match(
    await last({ fields: { ...goodStart, workflowId: undefined } }),
    /the request shows no workflow id that could match/,
  )
  t.match(await last({ fields: { ...goodStart, namespace: 'risk' } }), /does not reach risk/)
  t.match(await last({ name: 'ListNamespaces', fields: {} }), /that takes cluster: true/)
  t.match(
    await last({ name: 'ListWorkflowExecutions' }),
    /is narrowed by workflow_types and workflow_ids, and read in this request has none of it/,
  )
  t.match(
    await last({ name: 'SignalWorkflowExecution' }),
    /has no signal; built-in roles that have it: caller, operator, admin/,
  )
})

void t.test('grants are told by what they are over', async (t) => {
  const terms = { rule: 'r', role: 'viewer', verbs: new Set<never>(), narrowing: new Map() }
  t.equal(grantWords({ ...terms, over: { cluster: true } }), 'the grant of viewer over the cluster')
  t.equal(
    grantWords({ ...terms, over: { audit: 'review' } }),
    'the grant of viewer over the audit review',
  )
})

void t.test('small words', async (t) => {
  t.equal(needWords({ namespace: '', verb: 'browse', fields: {} }), 'browse on the cluster')
  t.equal(needWords({ namespace: 'n', verb: 'read', fields: {} }), 'read in n')
  t.equal(fieldWords.handlers, 'signal, update or query name')
  t.same(rolesWith('tune'), ['admin'])
  t.equal(shown(''), '""')
  t.equal(shown('a\u001b[2J'), 'a\\u{1b}[2J')
})
