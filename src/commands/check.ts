import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isAbsolute, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { gitlabReport } from '../check-report/gitlab-report.ts'
import { jsonReport } from '../check-report/json-report.ts'
import { countProblems, type ReportParts } from '../check-report/report-parts.ts'
import { sarifReport } from '../check-report/sarif-report.ts'
import { textReport, type Paint } from '../check-report/text-report.ts'
import { didYouMean } from '../config/did-you-mean.ts'
import { loadConfiguration, loadPolicy } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { paintFor, type Terminal } from './terminal.ts'

const defaultConfig = 'sallyport.yaml'

const options = {
  config: { type: 'string' },
  policy: { type: 'string' },
  format: { type: 'string', default: 'text' },
  json: { type: 'boolean', default: false },
  strict: { type: 'boolean', default: false },
} as const

/** `sallyport check`: reads the configuration and the policy, and says everything that is wrong with them. */
export async function check(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values } = parseArgs({ args: [...args], options })
  const format = values.json ? 'json' : values.format
  const print = printers(paintFor(terminal)).get(format)
  if (print === undefined) {
    const known = ['text', 'json', 'sarif', 'gitlab']
    const hint = didYouMean(format, known) || `write one of ${known.join(', ')}`
    terminal.err(`sallyport check: ${format} is not a format; ${hint}`)
    return 2
  }
  const { problems, notes } = await examine(values, terminal)
  const named = problems.map((problem) => ({ ...problem, file: nameOf(problem.file, terminal) }))
  const texts = await readTexts(problems, terminal)
  terminal.out(print({ problems: named, notes, texts, version: terminal.version }))
  const { errors, warnings } = countProblems(problems)
  return errors > 0 || (values.strict && warnings > 0) ? 1 : 0
}

interface Findings {
  readonly problems: readonly Problem[]
  readonly notes: readonly string[]
}

interface Files {
  readonly config?: string | undefined
  readonly policy?: string | undefined
}

async function examine({ config, policy }: Files, terminal: Terminal): Promise<Findings> {
  const isAlone = config === undefined && policy !== undefined && !existsSync(defaultConfig)
  if (isAlone) return examinePolicy(policy, terminal)
  const file = config ?? defaultConfig
  const loaded = await loadConfiguration({
    file,
    environment: terminal.environment,
    ...(policy !== undefined && { policyFile: policy }),
  })
  if (!loaded.ok) return { problems: loaded.problems, notes: [] }
  const { settings, policy: compiled, warnings } = loaded
  const issuers = counted(settings.issuers.length, 'issuer')
  const rules = counted(compiled.rules.length, 'rule')
  const notes = [
    `${nameOf(file, terminal)}: fine (${issuers})`,
    `${nameOf(settings.policyFile, terminal)}: fine (${rules}, ${compiled.hash})`,
  ]
  return { problems: warnings, notes }
}

/** Without a service file, the issuers that rules name are taken to be there, and to be nobody else's. */
async function examinePolicy(file: string, terminal: Terminal): Promise<Findings> {
  const loaded = await loadPolicy({ file })
  if (!loaded.ok) return { problems: loaded.problems, notes: [] }
  const { policy, warnings } = loaded
  const rules = counted(policy.rules.length, 'rule')
  const notes = [
    `${nameOf(file, terminal)}: fine (${rules}, ${policy.hash})`,
    'without --config: issuers are taken as the rules name them, and as shared with nobody',
  ]
  return { problems: warnings, notes }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function printers(paint: Paint): ReadonlyMap<string, (parts: ReportParts) => string> {
  const asJson = (report: (parts: ReportParts) => object) => (parts: ReportParts) =>
    JSON.stringify(report(parts), undefined, 2)
  return new Map([
    ['text', (parts: ReportParts) => textReport(parts, paint)],
    ['json', asJson(jsonReport)],
    ['sarif', asJson(sarifReport)],
    ['gitlab', asJson(gitlabReport)],
  ])
}

/** A file as the reader would write it: from the working directory, unless it is elsewhere. */
function nameOf(file: string, { cwd }: Terminal): string {
  const name = relative(cwd, resolve(cwd, file))
  return name.startsWith('..') || isAbsolute(name) ? resolve(cwd, file) : name
}

/** The files that problems are in. One that cannot be read is a problem itself, and has no lines to show. */
async function readTexts(
  problems: readonly Problem[],
  terminal: Terminal,
): Promise<ReadonlyMap<string, string>> {
  const files = [...new Set(problems.map(({ file }) => file))]
  const texts = await Promise.all(
    files.map(async (file): Promise<[string, string]> => {
      const text = await readFile(resolve(terminal.cwd, file), 'utf8').catch(() => '')
      return [nameOf(file, terminal), text]
    }),
  )
  return new Map(texts)
}
