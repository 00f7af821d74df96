import t from 'tap'
import type { AuditEntry } from '../../src/demo/audit-trail.ts'
import { discrepancyOf, steps, type Step, type StepRun } from '../../src/demo/pipeline.ts'

const [allowed, notGranted] = steps as unknown as readonly [Step, Step]

function run(parts: {
  exitCode: number
  lines?: readonly string[]
  decision?: Partial<AuditEntry>
}): StepRun {
  const { exitCode, lines = [], decision = { outcome: 'allowed' } } = parts
  const entry = { seq: 1, kind: 'decision', time: '', ...decision }
  return {
    results: [{ exitCode, lines }],
    calls: [{ decision: entry, completion: undefined }],
  }
}

const refusedAs = (code: string) => run({ exitCode: 1, decision: { outcome: 'refused', code } })

void t.test('a run that goes as expected shows no discrepancy', async (t) => {
  const completed = run({ exitCode: 0, lines: ['  Status   COMPLETED'] })
  t.equal(discrepancyOf(allowed, completed), undefined)
  t.equal(discrepancyOf(notGranted, refusedAs('not_granted')), undefined)
})

void t.test('anything else is named', async (t) => {
  const cases: [Step, StepRun, RegExp][] = [
    [allowed, refusedAs('not_granted'), /but was refused: not_granted/],
    [allowed, run({ exitCode: 0, decision: { outcome: 'refused' } }), /without a code/],
    [allowed, run({ exitCode: 1 }), /but the command failed/],
    [allowed, run({ exitCode: 0, lines: ['Status  FAILED'] }), /to complete, and it did not/],
    [allowed, { results: [], calls: [] }, /to complete, and it did not/],
    [notGranted, run({ exitCode: 0 }), /but the command succeeded/],
    [notGranted, run({ exitCode: 1 }), /but nothing was refused/],
    [notGranted, refusedAs('token_expired'), /but token_expired/],
  ]
  for (const [step, result, words] of cases) t.match(discrepancyOf(step, result), words)
})
