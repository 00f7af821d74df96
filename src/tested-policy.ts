import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { loadPolicy } from './config/load.ts'
import { formatProblem, type Problem } from './config/problem.ts'
import type { IssuerSettings } from './config/settings.ts'
import type { Policy } from './core/policy.ts'
import type { PolicyFault } from './core/policy-entry.ts'
import { formatDecision, formatExpectation } from './policy-test/wording.ts'
import { hasTests, runPolicyTests, testFileOf } from './policy-tests.ts'
import type { LoadedPolicy } from './reload/loaded-policy.ts'

export interface PolicyFileParts {
  readonly file: string
  readonly issuers: readonly IssuerSettings[]
}

/** Loads a policy file as it is now. One whose tests, in the file beside it, fail does not load. */
export async function loadTestedPolicy({ file, issuers }: PolicyFileParts): Promise<LoadedPolicy> {
  // Read before it is loaded: a file that changes in between is looked at again anyway.
  const hash = await hashOf(file)
  const loaded = await loadPolicy({ file, issuers })
  if (!loaded.ok) {
    const errors = loaded.problems.filter(({ severity }) => severity === 'error')
    return { ok: false, hash, faults: errors.map(faultOf) }
  }
  const { policy } = loaded
  const faults = await failingTests(policy, { file, issuers })
  if (faults.length > 0) return { ok: false, hash: policy.hash, faults }
  return { ok: true, policy, warnings: loaded.warnings.map(faultOf) }
}

/** The tests beside a policy file that fail, or why they cannot be run. No tests, no faults. */
export async function failingTests(
  policy: Policy,
  { file, issuers }: PolicyFileParts,
): Promise<readonly PolicyFault[]> {
  if (!(await hasTests(file))) return []
  const testFile = testFileOf(file)
  const run = await runPolicyTests({ policy, issuers, file: testFile })
  if (!run.ran) return run.problems.map(faultOf)
  return run.results.flatMap(({ test, passed, explanation }): PolicyFault[] => {
    if (passed) return []
    const { name, line, column, expect } = test
    const came = formatDecision(explanation.decision)
    const message = `${testFile}:${line}:${column} ${name}: expected ${formatExpectation(expect)}, came ${came}`
    return [{ code: 'test-failed', message }]
  })
}

function faultOf(problem: Problem): PolicyFault {
  return { code: problem.code, message: formatProblem(problem) }
}

async function hashOf(file: string): Promise<string | undefined> {
  try {
    return `sha256:${createHash('sha256')
      .update(await readFile(file))
      .digest('hex')}`
  } catch {
    return undefined
  }
}
