import type { FlipGroup } from './flips.ts'
import type { Unreplayable } from './recorded-decision.ts'
import type { ReplayReport } from './replay.ts'

/** What both reports are made of. */
export interface ReplayReportParts {
  readonly report: ReplayReport
  readonly policyFile: string
  readonly policyHash: string
}

/** Makes a word stand out, where somebody looks at a terminal. */
export type Paint = (colour: 'green' | 'red' | 'bold', text: string) => string

const leftOutWords: Readonly<Record<Unreplayable, string>> = {
  before_policy: 'refused before the policy was asked',
  no_identity: 'without the identity entry of their token in these journals',
  no_needs: 'of which the journal does not say what they needed',
  value_cut: 'with a value that was too long for the journal',
}

/** Flips by rule, with the counts above and what was left out below. */
export function textReport(parts: ReplayReportParts, paint: Paint): string {
  const { report, policyFile, policyHash } = parts
  const { groups, ungrouped } = report
  const refused = groups.filter(({ to }) => to === 'refused')
  const allowed = groups.filter(({ to }) => to === 'allowed')
  return [
    `${printable(policyFile)} (${policyHash})`,
    summaryOf(report, paint),
    ...sectionOf(paint('red', 'allowed, and would be refused'), refused, paint),
    ...sectionOf(paint('green', 'refused, and would be allowed'), allowed, paint),
    ...(ungrouped > 0 ? ['', `${ungrouped} more are not listed: there are too many groups`] : []),
    ...leftOutLines(report),
  ].join('\n')
}

function summaryOf({ replayed, firstTime, lastTime, flips }: ReplayReport, paint: Paint): string {
  if (replayed === 0) return 'no recorded call could be decided on again'
  const verdict =
    flips === 0 ? paint('green', 'none would flip') : paint('red', `${flips} would flip`)
  return `decided again on ${calls(replayed)} from ${firstTime} to ${lastTime}: ${verdict}`
}

function sectionOf(title: string, groups: readonly FlipGroup[], paint: Paint): string[] {
  if (groups.length === 0) return []
  const rules = [...new Set(groups.map(({ rule }) => rule))]
  return [
    '',
    title,
    ...rules.flatMap((rule) => [
      `  ${rule === undefined ? 'by no rule' : `rule ${paint('bold', printable(rule))}`}`,
      ...groups.filter((group) => group.rule === rule).flatMap(groupLines),
    ]),
  ]
}

function groupLines(group: FlipGroup): string[] {
  const { count, project, method, namespace, code, examples, firstTime, lastTime } = group
  const where = namespace === '' ? '' : ` in ${printable(namespace)}`
  const times = firstTime === lastTime ? firstTime : `${firstTime} to ${lastTime}`
  return [
    `    ${calls(count)} of ${printable(project)}: ${method}${where}, ${printable(code)}`,
    `      ${printable(times)}; ${examples.map(printable).join(', ')}${count > examples.length ? ', …' : ''}`,
  ]
}

function leftOutLines({ leftOut, refusedEarly, unreadable }: ReplayReport): string[] {
  const early = [...refusedEarly].map(([code, count]) => `${printable(code)} ${count}`).join(', ')
  const lines = [...leftOut].map(([why, count]) => {
    const codes = why === 'before_policy' ? ` (${early})` : ''
    return `left out: ${calls(count)} ${leftOutWords[why]}${codes}`
  })
  if (unreadable > 0) lines.push(`left out: ${unreadable} lines that are no entries`)
  return lines.length > 0 ? ['', ...lines] : []
}

function calls(count: number): string {
  return `${count} call${count === 1 ? '' : 's'}`
}

/** A journal holds what callers chose; nothing of it may steer a terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '�')
}
