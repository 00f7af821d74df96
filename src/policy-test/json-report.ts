import type { Decision } from '../core/decision.ts'
import { formatPart } from './wording.ts'
import { reasonOf } from './reason.ts'
import type { ReportParts } from './text-report.ts'

/** The run for programs. `ok` is what the exit code says. */
export function jsonReport({ run, file, requireCoverage }: ReportParts): object {
  const { total, covered, uncovered } = run.coverage
  return {
    ok: run.ok && (!requireCoverage || uncovered.length === 0),
    file,
    tests: run.results.map(({ test, passed, explanation }) => ({
      name: test.name,
      line: test.line,
      column: test.column,
      identity: test.as,
      method: test.call.method.name,
      namespace: test.call.namespace,
      passed,
      expected: test.expect,
      ...outcomeOf(explanation.decision),
      reason: reasonOf(explanation, test.expect),
    })),
    coverage: { total, covered, uncovered, words: uncovered.map(formatPart) },
  }
}

function outcomeOf(decision: Decision): object {
  if (!decision.allowed) return { outcome: 'refused', code: decision.refusal.code }
  return { outcome: 'allowed', ...(decision.terms && { rule: decision.terms.rule }) }
}
