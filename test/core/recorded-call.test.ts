import t from 'tap'
import { decisionEntry, identityEntry } from '../../src/core/audit-entry.ts'
import { decide } from '../../src/core/decision.ts'
import { createPolicy } from '../../src/core/policy.ts'
import { callOfEntry, identityOfEntry } from '../../src/core/recorded-call.ts'
import { callOf, type RequestFields } from '../../src/temporal/encode-request.ts'
import { methods } from '../../src/temporal/methods.ts'
import { goodStart, identityWith } from '../support/explain.ts'

const policy = createPolicy({ rules: [], denials: [], hash: 'h' })

function recorded(name: string, fields: RequestFields) {
  const method = methods.find((known) => known.name === name)
  if (method === undefined) throw new Error(name)
  const call = callOf(method, fields)
  const identity = identityWith()
  const decision = decide(policy, identity, call)
  const facts = { at: 0, decisionId: 'd-1', method, path: method.path, peer: 'p', identity, call }
  const entry = decisionEntry({ ...facts, decision, policyHash: 'h' })
  return { method, call, entry: JSON.parse(JSON.stringify(entry)) as Record<string, unknown> }
}

void t.test('the identity that was recorded is the one that is rebuilt', async (t) => {
  const identity = identityWith({ pipeline_source: 'duo_workflow' })
  const entry = JSON.parse(JSON.stringify(identityEntry(0, identity))) as Record<string, unknown>
  t.same(identityOfEntry(entry), identity)
})

void t.test('an identity entry that lacks what decides is no identity', async (t) => {
  const entry = { kind: 'identity', identity_kind: 'machine', claims: {}, guards: [] }
  t.ok(identityOfEntry(entry))
  t.notOk(identityOfEntry({ ...entry, identity_kind: 'ghost' }))
  t.notOk(identityOfEntry({ ...entry, claims: [] }))
  t.notOk(identityOfEntry({ ...entry, claims: null }))
  t.notOk(identityOfEntry({ ...entry, guards: 'none' }))
  const forged = { ref: 'main', project_id: { toString: 1, valueOf: 1 }, sha: 7 }
  const { claims } = identityOfEntry({ ...entry, claims: forged }) ?? {}
  t.same([...(claims ?? [])], [['ref', 'main']], 'what is no text is no claim')
})

void t.test(
  'the needs that were recorded are the ones that are rebuilt, for every method',
  async (t) => {
    for (const { name } of methods) {
      const { method, call, entry } = recorded(name, { ...goodStart, handler: 'go' })
      const rebuilt = callOfEntry(entry, method)
      t.same(rebuilt?.needs, call.needs, name)
      t.same(rebuilt?.objections, call.objections.slice(0, 1), name)
      t.equal(rebuilt?.namespace, call.namespace, name)
    }
  },
)

void t.test('a need elsewhere keeps its own namespace', async (t) => {
  const { method, entry } = recorded('StartWorkflowExecution', goodStart)
  const needs = [{ verb: 'signal', namespace: 'risk', workflow_ids: 'x', handlers: 7 }]
  t.same(callOfEntry({ ...entry, needs }, method)?.needs, [
    { verb: 'signal', namespace: 'risk', fields: { workflow_ids: 'x' } },
  ])
})

void t.test(
  'an entry that does not say what its call needed is no call, unless it needed nothing',
  async (t) => {
    const { method, entry } = recorded('StartWorkflowExecution', goodStart)
    t.equal(callOfEntry({ ...entry, needs: undefined }, method), undefined)
    t.equal(callOfEntry({ ...entry, needs: ['x'] }, method), undefined)
    const nothing = recorded('GetSystemInfo', {})
    t.same(callOfEntry(nothing.entry, nothing.method)?.needs, [])
  },
)
