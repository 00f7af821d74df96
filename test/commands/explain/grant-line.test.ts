import t from 'tap'
import { parse } from 'yaml'
import { flow, grantLine } from '../../../src/commands/explain/grant-line.ts'

void t.test('the narrowest grant for a need', async (t) => {
  const need = { namespace: 'payments', verb: 'start' } as const
  t.equal(
    grantLine({ ...need, fields: { workflow_types: 'T', task_queues: '' } }),
    '- { namespace: payments, role: starter, workflow_types: [T] }',
  )
  t.equal(
    grantLine({ ...need, verb: 'work', fields: { task_queues: 'q' }, unnarrowed: true }),
    '- { namespace: payments, role: worker }',
  )
  t.equal(
    grantLine({ namespace: '', verb: 'cluster', fields: {} }),
    '- { cluster: true, role: admin }',
  )
})

void t.test('a verb that no role has is left to admin', async (t) => {
  const need = { namespace: 'n', verb: 'none' as 'start', fields: {} }
  t.equal(grantLine(need), '- { namespace: n, role: admin }')
})

void t.test('values mean the same when they are read again', async (t) => {
  for (const value of ['48210377', 'true', 'a, b', '[x', '*', 'a: b', '#c', 'x'.repeat(200), '"']) {
    t.same(parse(`k: ${flow({ list: [value], value })}`), { k: { list: [value], value } }, value)
  }
})
