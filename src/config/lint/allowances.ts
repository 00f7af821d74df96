import { didYouMean } from '../did-you-mean.ts'
import { lintCodes, type LintCode } from '../lint-codes.ts'
import type { PlacedProblem } from '../problem.ts'
import type { YamlFile } from '../yaml-file.ts'

/** A comment that allows one warning, on the next line that is not a comment. */
interface Allowance {
  readonly code: string
  readonly reason: string | undefined
  /** Of the comment itself. */
  readonly place: { readonly line: number; readonly column: number }
  /** Of what it stands above. */
  readonly line: number
}

const comment = /^(\s*)#\s*sallyport:\s*allow\b\s*(\S*)(?:\s+because\s+(\S.*))?/

/**
 * Leaves out the warnings that a comment above their line allows, as in
 * `# sallyport: allow path-without-id because …`. Errors cannot be allowed, nor can a comment be left
 * over: it would hide what comes to stand below it.
 */
export function applyAllowances(
  yaml: YamlFile,
  problems: readonly PlacedProblem[],
): PlacedProblem[] {
  const allowances = allowancesIn(yaml.text)
  const sound = allowances.filter(({ code, reason }) => reason !== undefined && isWarning(code))
  const applies = (allowance: Allowance, { code, line }: PlacedProblem) =>
    allowance.code === code && allowance.line === line
  const kept = problems.filter(
    (problem) =>
      problem.severity === 'error' || !sound.some((allowance) => applies(allowance, problem)),
  )
  const unused = sound.filter(
    (allowance) => !problems.some((problem) => applies(allowance, problem)),
  )
  // What is wrong elsewhere may be why a warning is not there yet.
  const isClean = problems.every(({ severity }) => severity === 'warning')
  return [
    ...kept,
    ...allowances
      .filter((allowance) => !sound.includes(allowance))
      .map((allowance) => problemOf(yaml, 'allowance-invalid', allowance, mistakeIn(allowance))),
    ...(isClean ? unused : []).map((allowance) =>
      problemOf(
        yaml,
        'allowance-unused',
        allowance,
        `allows ${allowance.code}, which there is none of on the line below; take it out`,
      ),
    ),
  ]
}

function allowancesIn(text: string): Allowance[] {
  const lines = text.split(/\r?\n/)
  return lines.flatMap((content, index): Allowance[] => {
    const [whole, indent = '', code = '', reason] = comment.exec(content) ?? []
    if (whole === undefined) return []
    const below = lines.findIndex((line, at) => at > index && !/^\s*(#|$)/.test(line))
    return [
      { code, reason, place: { line: index + 1, column: indent.length + 1 }, line: below + 1 },
    ]
  })
}

function isWarning(code: string): code is LintCode {
  return Object.hasOwn(lintCodes, code) && lintCodes[code as LintCode].severity === 'warning'
}

function mistakeIn({ code }: Allowance): string {
  const form = 'write # sallyport: allow CODE because REASON'
  if (isWarning(code)) return `gives no reason; ${form}`
  if (Object.hasOwn(lintCodes, code)) return `allows ${code}, which is an error: mend it`
  return `allows no warning that is known; ${didYouMean(code, Object.keys(lintCodes)) || form}`
}

function problemOf(
  yaml: YamlFile,
  code: LintCode,
  { place }: Allowance,
  message: string,
): PlacedProblem {
  return { code, severity: 'warning', file: yaml.file, ...place, path: '', message }
}
