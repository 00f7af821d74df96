import { Range } from 'semver'
import { isPath, oddValue } from './claim-values.ts'
import { claimText } from './compile-policy.ts'
import { didYouMean } from './did-you-mean.ts'
import type { ClaimUse, KnownIssuer } from './known-issuer.ts'
import type { MatchEntry } from './policy-shape.ts'
import type { Report } from './report.ts'
import type { YamlFile } from './yaml-file.ts'

type Path = readonly PropertyKey[]
type ClaimUses = KnownIssuer['claims']

/** What the tests of one claim are checked with. */
interface TestPlace {
  readonly yaml: YamlFile
  readonly claim: string
  readonly use: ClaimUse | undefined
  readonly report: Report
}

/** Checks each claim that a rule or denial tests: that it can be tested, and by these values. */
export function checkMatch(
  parts: { readonly yaml: YamlFile; readonly match: MatchEntry; readonly claims: ClaimUses },
  path: Path,
  report: Report,
): void {
  const { yaml, match, claims } = parts
  for (const [claim, test] of Object.entries(match)) {
    const here = [...path, claim]
    const use = claims.get(claim)
    checkClaim(claim, claims, here, report)
    checkTest(test, here, { yaml, claim, use, report })
  }
}

function checkClaim(claim: string, claims: ClaimUses, path: Path, report: Report): void {
  const testable = [...claims].flatMap(([name, use]) => (use === 'ignored' ? [] : [name]))
  switch (claims.get(claim)) {
    case undefined: {
      const known = didYouMean(claim, testable) || `known: ${testable.join(', ')}`
      report('claim-unknown', path, `is not a claim that rules can test; ${known}`, 'key')
      return
    }
    case 'ignored': {
      const why = 'is left out of identities, or checked with the token itself'
      const [example] = testable
      const message = `${why}, so no rule can test it; test another claim, such as ${example}`
      report('claim-ignored', path, message, 'key')
      return
    }
    case 'pinnable':
    case 'matchable':
    case 'label':
  }
}

function checkTest(test: MatchEntry[string], path: Path, place: TestPlace): void {
  if (typeof test !== 'object') {
    checkValue(test, path, place)
    return
  }
  for (const operator of ['any_of', 'none_of'] as const) {
    test[operator]?.forEach((value, at) => checkValue(value, [...path, operator, at], place))
  }
  if (test.under !== undefined) checkUnder(test.under, [...path, 'under'], place)
  for (const operator of ['under', 'glob', 'semver'] as const) {
    if (place.use !== 'pinnable' || test[operator] === undefined) continue
    const message = 'is a pattern, and ids are pinned whole; list them with any_of'
    place.report('pattern-in-id', [...path, operator], message, 'key')
  }
  if (test.semver === undefined || isRange(test.semver)) return
  const message = 'is not a range of versions; write one such as ">=1.0.0 <2"'
  place.report('semver-invalid', [...path, 'semver'], message)
}

function checkValue(value: string | number | boolean, path: Path, place: TestPlace): void {
  const { yaml, claim, use, report } = place
  const text = claimText(yaml, value, path)
  if (text === '') {
    report('claim-value-empty', path, 'is empty; write the value that the claim must have')
    return
  }
  if (text.includes('*')) {
    if (use === 'pinnable') {
      report('pattern-in-id', path, 'is a pattern, and ids are pinned whole; list them with any_of')
    } else {
      const message = 'has a *, which is literal here; write { glob: … } for a pattern'
      report('pattern-in-value', path, message)
    }
    return
  }
  const source = yaml.sourceAt(path)
  if (typeof value === 'boolean' && source !== text) {
    report('value-changed', path, `means ${text}; write ${text}, or put what you mean in quotes`)
  }
  const odd = use && oddValue(claim, use, text)
  if (odd !== undefined) report('value-impossible', path, odd)
}

function checkUnder(value: string, path: Path, { claim, use, report }: TestPlace): void {
  if (value.includes('*')) {
    const message = 'has a *, which is literal here; under means everything below already'
    report('pattern-in-value', path, message)
  }
  const odd = use && oddValue(claim, use, value.replace(/(?<=.)\/+$/, ''))
  if (isPath(claim) && odd !== undefined) report('value-impossible', path, odd)
}

function isRange(text: string): boolean {
  try {
    return new Range(text).range !== undefined
  } catch {
    return false
  }
}
