import { formatProblem, type Problem } from '../config/problem.ts'
import { countProblems, type ReportParts } from './report-parts.ts'

/** Colours a text, or leaves it as it is where colours are not wanted. */
export type Paint = (style: 'red' | 'yellow' | 'green' | 'cyan' | 'dim', text: string) => string

/** For people: every problem with its line and a caret under the place, by file, and how many there are. */
export function textReport({ problems, texts, notes }: ReportParts, paint: Paint): string {
  const files = [...new Set(problems.map(({ file }) => file))]
  const groups = files.map((file) => {
    const lines = texts.get(file)?.split(/\r?\n/) ?? []
    const own = problems.filter((problem) => problem.file === file)
    return own.map((problem) => withSource(problem, lines, paint)).join('\n')
  })
  const closing = [...notes.map((note) => paint('green', note)), summary(problems, paint)]
  return [...groups, closing.filter((line) => line !== '').join('\n')]
    .filter((group) => group !== '')
    .join('\n\n')
}

function withSource(problem: Problem, lines: readonly string[], paint: Paint): string {
  const colour = problem.severity === 'error' ? 'red' : 'yellow'
  const headline = paint(colour, formatProblem(problem))
  const { line, column = 1 } = problem
  const source = line === undefined ? undefined : lines[line - 1]
  if (source === undefined || source.trim() === '') return headline
  const gutter = String(line)
  const blank = ' '.repeat(gutter.length)
  // A tab stays a tab, so that the caret stands below its place whatever the width of tabs.
  const indent = source.slice(0, column - 1).replaceAll(/[^\t]/g, ' ')
  return [
    headline,
    `  ${paint('dim', `${gutter} |`)} ${source}`,
    `  ${paint('dim', `${blank} |`)} ${indent}${paint(colour, '^')}`,
  ].join('\n')
}

function summary(problems: readonly Problem[], paint: Paint): string {
  const { errors, warnings } = countProblems(problems)
  const parts = [
    ...(errors > 0 ? [paint('red', counted(errors, 'error'))] : []),
    ...(warnings > 0 ? [paint('yellow', counted(warnings, 'warning'))] : []),
  ]
  return parts.join(', ')
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
