import { accountFor, type Account } from './explain/account.ts'
import { readAskedCall } from './explain/asked-call.ts'
import { findDecision } from './explain/find-decision.ts'
import { jsonReport, type ReportParts } from './explain/json-report.ts'
import { readOptions, type Question } from './explain/options.ts'
import { loadSource, type PolicySource } from './explain/policy-source.ts'
import { recordedAccount } from './explain/recorded-account.ts'
import { recordedCase } from './explain/recorded-case.ts'
import { readSubject } from './explain/subject.ts'
import { textReport } from './explain/text-report.ts'
import { UsageError } from './explain/usage-error.ts'
import { InvalidRequestJson } from '../temporal/request-json.ts'
import { paintFor, type Terminal } from './terminal.ts'

/** `sallyport explain`: why a call is allowed or refused. Exit codes: 0 allowed, 1 refused, 2 no answer. */
export async function explain(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const options = readOptions(args)
    const source = await loadSource(options, terminal.environment)
    const report = await answer(options.question, source, Date.now())
    const { account } = report
    terminal.out(
      options.json
        ? JSON.stringify(jsonReport(report), undefined, 2)
        : textReport(report, paintFor(terminal)),
    )
    return account.outcome === 'allowed' ? 0 : 1
  } catch (error) {
    // What parseArgs throws is for run() to tell, and everything else is a bug.
    if (!(error instanceof UsageError || error instanceof InvalidRequestJson)) throw error
    terminal.err(`sallyport explain: ${error.message}`)
    return 2
  }
}

async function answer(question: Question, source: PolicySource, now: number): Promise<ReportParts> {
  const policy = { file: source.file, hash: source.policy.hash }
  if (question.kind === 'recorded') {
    const { id, journal = source.journal } = question
    if (journal === undefined) {
      throw new UsageError('say where the journal is, with --journal DIR or --config FILE')
    }
    const { recorded, example, notes } = recordedCase(await findDecision(journal, id), policy.hash)
    const account: Account = example
      ? accountFor(source, example)
      : recordedAccount(recorded, notes)
    return { account, method: example?.method, isUnverified: false, recorded, policy }
  }
  const subject = await readSubject(question.subject, source, now)
  const asked = await readAskedCall(question.call)
  const example = { ...subject, ...asked, notes: [...subject.notes, ...asked.notes] }
  const account = accountFor(source, example)
  const { isUnverified } = subject
  return { account, method: asked.method, isUnverified, recorded: undefined, policy }
}
