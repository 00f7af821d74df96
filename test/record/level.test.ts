import t from 'tap'
import type { Verb } from '../../src/core/verb.ts'
import { levelOf } from '../../src/record/level.ts'
import { methods } from '../../src/temporal/methods.ts'
import { callOf } from '../support/granted-call.ts'

const atEnd = { read: 'completion', work: 'completion' } as const

const needing = (name: string, ...verbs: Verb[]) =>
  callOf(name, { needs: verbs.map((verb) => ({ namespace: 'payments', verb, fields: {} })) })

void t.test('by default every call has both entries', async (t) => {
  for (const { name } of methods) {
    t.equal(levelOf(callOf(name), { read: 'both', work: 'both' }), 'both', name)
  }
})

void t.test(
  'with both groups at their end, calls that change something still have both',
  async (t) => {
    const whole = methods.filter(({ name }) => levelOf(callOf(name), atEnd) === 'completion')
    const verbs = new Set(whole.flatMap((method) => method.verbs))
    t.same(verbs, new Set(['connect', 'read', 'browse', 'work', 'complete']))
    const rest = methods.filter((method) => !whole.includes(method))
    const light = new Set<Verb>(['connect', 'read', 'browse', 'work', 'complete'])
    for (const { name, verbs: own } of rest) {
      t.ok(
        own.some((verb) => !light.has(verb)),
        name,
      )
    }
  },
)

const cases: readonly [string, readonly Verb[], 'read' | 'work' | undefined][] = [
  ['GetSystemInfo', [], 'read'],
  ['GetWorkflowExecutionHistory', ['read'], 'read'],
  ['PollWorkflowTaskQueue', ['work'], 'work'],
  ['RespondWorkflowTaskCompleted', ['work'], 'work'],
  ['RespondWorkflowTaskCompleted', ['work', 'start'], undefined],
  ['RespondWorkflowTaskCompleted', ['work', 'read'], undefined],
  ['StartWorkflowExecution', ['start'], undefined],
  ['StartWorkflowExecution', ['read'], undefined],
]
for (const [name, verbs, group] of cases) {
  void t.test(`${name}, which takes ${verbs.join(' and ') || 'nothing'}`, async (t) => {
    const call = needing(name, ...verbs)
    for (const read of ['both', 'completion'] as const) {
      for (const work of ['both', 'completion'] as const) {
        const expected = group === 'read' ? read : group === 'work' ? work : 'both'
        t.equal(levelOf(call, { read, work }), expected, `read ${read}, work ${work}`)
      }
    }
  })
}

void t.test('a method without verbs is in no group', async (t) => {
  const call = needing('GetSystemInfo')
  t.equal(levelOf({ ...call, method: { ...call.method, verbs: [] } }, atEnd), 'both')
})
