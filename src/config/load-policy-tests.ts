import { readFile } from 'node:fs/promises'
import type { Identity } from '../core/identity.ts'
import type { Expectation, PolicyTest } from '../core/policy-test.ts'
import { refusals, type RefusalCode } from '../core/refusal.ts'
import { callOf } from '../temporal/encode-request.ts'
import { checkShape } from './check-shape.ts'
import { didYouMean } from './did-you-mean.ts'
import { policyTestShape, type PolicyTestFile, type TestEntry } from './policy-test-shape.ts'
import type { Problem } from './problem.ts'
import { createReport, type Report } from './report.ts'
import { readTestCalls, type NamedCall } from './test-calls.ts'
import { readTestIdentities, type ClaimSet, type TestIssuer } from './test-identities.ts'
import { parseYaml, type YamlFile } from './yaml-file.ts'

/** What a file of policy tests is loaded with. */
export interface PolicyTestParts {
  readonly file: string
  readonly issuers: readonly IdentifyingIssuer[]
  /** Names of the policy's rules, which expectations may name. */
  readonly rules: readonly string[]
}

/** An issuer that can say what its tokens would be taken for. */
export interface IdentifyingIssuer extends TestIssuer {
  /** What a token of this issuer with these claims would be taken for. */
  readonly identify: (set: ClaimSet) => Identity
}

/** Loads a file of policy tests, matrices written out. All problems come at once. */
export async function loadPolicyTests(
  parts: PolicyTestParts,
): Promise<
  | { readonly ok: true; readonly tests: readonly PolicyTest[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }
> {
  const { file } = parts
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const message = `cannot be read (${(error as NodeJS.ErrnoException).code}); check the path`
    const problem: Problem = { code: 'file-unreadable', severity: 'error', file, path: '', message }
    return { ok: false, problems: [problem] }
  }
  const { yaml, problems: syntax } = parseYaml(file, text)
  if (syntax.length > 0) return { ok: false, problems: syntax }
  const shaped = checkShape(yaml, policyTestShape)
  if (!shaped.ok) return shaped
  const { problems, report } = createReport(yaml)
  const tests = readTests(yaml, shaped.value, { ...parts, report })
  return problems.length > 0 ? { ok: false, problems } : { ok: true, tests }
}

type Context = PolicyTestParts & { readonly report: Report }

function readTests(yaml: YamlFile, content: PolicyTestFile, context: Context): PolicyTest[] {
  const sets = readTestIdentities(yaml, content.identities, context)
  const names = new Set<string>()
  return content.tests.flatMap((entry, index) => {
    const path = ['tests', index]
    if (names.has(entry.name)) {
      context.report('name-duplicate', [...path, 'name'], 'is the name of an earlier test')
    }
    names.add(entry.name)
    const identities = readNames(entry, path, [...sets.keys()], context.report)
    const calls = readCalls(entry, path, context.report)
    const expect = readExpectation(entry, [...path, 'expect'], context)
    const isSingle = identities.length * calls.length === 1
    return identities.flatMap((as) => {
      const set = sets.get(as)
      const identity = set && context.issuers.find(({ name }) => name === set.issuer)?.identify(set)
      if (identity === undefined) return []
      return calls.map(({ method, fields }): PolicyTest => ({
        name: isSingle ? entry.name : `${entry.name} (${whichOf(as, { method, fields }, calls)})`,
        ...yaml.at(path),
        as,
        identity,
        call: callOf(method, fields),
        expect,
      }))
    })
  })
}

function readNames(
  { identity }: TestEntry,
  path: readonly PropertyKey[],
  known: readonly string[],
  report: Report,
): string[] {
  const names = [identity].flat()
  for (const [at, name] of names.entries()) {
    if (known.includes(name)) continue
    const here = [...path, 'identity', ...(Array.isArray(identity) ? [at] : [])]
    const hint = didYouMean(name, known) || `known: ${known.join(', ')}`
    report('value-invalid', here, `is not an identity of this file; ${hint}`)
  }
  return names
}

function readCalls(entry: TestEntry, path: readonly PropertyKey[], report: Report): NamedCall[] {
  if ((entry.call === undefined) === (entry.calls === undefined)) {
    report('value-invalid', path, 'needs exactly one of call and calls')
  }
  const single = entry.call ? readTestCalls(entry.call, [...path, 'call'], report) : []
  const several = (entry.calls ?? []).flatMap((call, at) =>
    readTestCalls(call, [...path, 'calls', at], report),
  )
  return [...single, ...several]
}

/** Refusals that a policy decides on; the others come of tokens, messages and outages. */
const decidedCodes = Object.entries(refusals).flatMap(([code, { status }]) =>
  status === 'PERMISSION_DENIED' ? [code as RefusalCode] : [],
)

function readExpectation(
  { expect }: TestEntry,
  path: readonly PropertyKey[],
  { rules, report }: Context,
): Expectation {
  if (expect === 'allowed') return { outcome: 'allowed', rule: undefined }
  if (expect.allowed !== undefined) {
    const { rule } = expect.allowed
    if (!rules.includes(rule)) {
      const hint = didYouMean(rule, rules) || `known: ${rules.join(', ')}`
      report('value-invalid', [...path, 'allowed', 'rule'], `is not a rule of the policy; ${hint}`)
    }
    return { outcome: 'allowed', rule }
  }
  const typed = String(expect.refused)
  const code = decidedCodes.find((known) => known === typed)
  if (code === undefined) {
    const hint = didYouMean(typed, decidedCodes) || `known: ${decidedCodes.join(', ')}`
    report('value-invalid', [...path, 'refused'], `is no refusal that a policy decides on; ${hint}`)
  }
  return { outcome: 'refused', code: code ?? 'not_granted' }
}

/** What tells one call of a matrix from the others: who calls, the method, and every field that differs. */
function whichOf(as: string, call: NamedCall, calls: readonly NamedCall[]): string {
  const keys = [
    'namespace',
    'workflowType',
    'taskQueue',
    'workflowId',
    'scheduleId',
    'handler',
  ] as const
  const differing = keys.filter((key) => new Set(calls.map(({ fields }) => fields[key])).size > 1)
  const values = differing.flatMap((key) => call.fields[key] ?? [])
  return [as, call.method.name, ...values].join(', ')
}
