import { printable } from '../../identify/printable.ts'
import type { VerifyProblem } from './problems.ts'
import type { VerifyReport } from './report.ts'

/** Styles a piece of text, or leaves it as it is. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'dim' | 'bold', text: string) => string

/** A report for people: what was read, what is wrong, and what was not proven. */
export function textReport(report: VerifyReport, paint: Paint): string {
  const { entries, segments, firstSeq, lastSeq, firstTime, lastTime, calls, problemCount } = report
  const verdict = report.ok
    ? paint('green', 'nothing is wrong')
    : paint('red', counted(problemCount, 'problem'))
  const untold = problemCount - report.problems.length
  return [
    ...report.problems.map((problem) => lineOf(problem, paint)),
    ...(untold > 0 ? [`and ${untold} more`] : []),
    `${counted(entries, 'entry', 'entries')} in ${counted(segments, 'segment')}: ${firstSeq} to ${lastSeq}`,
    ...(firstTime === undefined
      ? []
      : [`  from ${printable(firstTime)} to ${printable(lastTime ?? '')}`]),
    ...periodOf(report),
    `  ${calls.allowed} calls allowed, ${calls.refused} refused, ${calls.open} open`,
    ...signatures(report),
    ...report.notes.map((note) => paint('yellow', `note: ${note}`)),
    `${paint('bold', 'verified')}: ${verdict}`,
  ].join('\n')
}

/** A bundle reaches beyond its period on both sides. */
function periodOf({ period }: VerifyReport): string[] {
  if (period === undefined) return []
  const { from, to, allowed, refused } = period
  return [
    `  of the period from ${from} to ${to}: ${allowed} calls allowed, ${refused} refused; in all:`,
  ]
}

function signatures({ checkpoints, signedThrough, keys, published }: VerifyReport): string[] {
  const through = checkpoints > 0 ? `, through entry ${signedThrough}` : ''
  const how = { given: 'given', first_use: 'the first that was seen', vouched: 'vouched for' }
  return [
    `  ${counted(checkpoints, 'checkpoint')} signed${through}; ${published} from elsewhere fit`,
    ...keys.map(({ verifier, trust }) => `  key ${printable(verifier.vkey, 300)} (${how[trust]})`),
  ]
}

function lineOf({ segment, line, seq, code, message }: VerifyProblem, paint: Paint): string {
  const where = line === undefined ? segment : `${segment}:${line}`
  const entry = seq === undefined ? '' : ` (entry ${seq})`
  return `${paint('red', '✗')} ${paint('bold', where)}${entry} ${message} ${paint('dim', `[${code}]`)}`
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`
}
