import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { isWholeCall } from '../../audit/entry-facts.ts'
import { entryPage } from '../../audit/show/entry-page.ts'
import {
  entryName,
  findEntry,
  linesOf,
  type FoundCall,
  type FoundEntry,
} from '../../audit/show/find-entry.ts'
import { isRefusal } from '../../core/refusal.ts'
import type { Method } from '../../core/method.ts'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { methods } from '../../temporal/methods.ts'
import { accountFor } from '../explain/account.ts'
import type { RecordedDecision } from '../explain/find-decision.ts'
import { jsonReport, type ReportParts } from '../explain/json-report.ts'
import { loadSource } from '../explain/policy-source.ts'
import { recordedAccount } from '../explain/recorded-account.ts'
import { recordedCase } from '../explain/recorded-case.ts'
import { textReport } from '../explain/text-report.ts'
import { UsageError } from '../explain/usage-error.ts'
import { paintFor, type Terminal } from '../terminal.ts'
import { faultNotes } from './fault-notes.ts'
import { journalPlace } from './journal-place.ts'

const options = {
  config: { type: 'string' },
  policy: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const

/**
 * `sallyport audit show`: one entry, and everything that belongs to it. Exit codes: 0 fine, 1 there is no such
 * entry or the journal is not as it was written, 2 wrong usage.
 */
export async function auditShow(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  const faults = faultNotes('show', terminal)
  try {
    const [id, named] = idAndDirectory(positionals)
    const name = entryName(id)
    if (name === undefined) {
      throw new UsageError(
        `${id} is no name of an entry; write what the caller was told (d-…), an entry's id or its number`,
      )
    }
    const { environment } = terminal
    const directory = await journalPlace({ named, config: values.config, environment })
    const found = await findEntry(name, { directory, onFault: faults.note })
    if (found === undefined) {
      terminal.err(
        `sallyport audit show: ${id} is not in ${directory}; each replica has a journal of its own`,
      )
      return 1
    }
    const explanation = found.call && (await explain(found.call, values, terminal))
    terminal.out(values.json ? asJson(found, explanation) : asText(found, explanation, terminal))
    return faults.summary()
  } catch (error) {
    return faults.failure(error)
  }
}

/** Both orders read well: what to show, and where. */
function idAndDirectory(positionals: readonly string[]): readonly [string, readonly string[]] {
  const at = positionals.findIndex((text) => entryName(text) !== undefined && !existsSync(text))
  const id = positionals[Math.max(at, 0)]
  if (id === undefined || positionals.length > 2) {
    throw new UsageError('say what to show: sallyport audit show ID [DIRECTORY]')
  }
  return [id, positionals.filter((text) => text !== id)]
}

/** Why the call was decided on as it was, or why nobody can say. */
type Explanation =
  | {
      readonly report: ReportParts
      readonly isSamePolicy: boolean
      /** Otherwise the verdict is the recorded one, since the policy cannot be asked or never was. */
      readonly isDecidedAgain: boolean
    }
  | { readonly report: undefined; readonly why: string }

/** Asks the policy at hand; without one that was named, a page without an explanation is still a page. */
async function explain(
  call: FoundCall,
  values: { readonly config?: string | undefined; readonly policy?: string | undefined },
  terminal: Terminal,
): Promise<Explanation> {
  const isNamed = values.config !== undefined || values.policy !== undefined
  const configFile = values.config ?? (values.policy === undefined ? 'sallyport.yaml' : undefined)
  try {
    const source = await loadSource({ configFile, policyFile: values.policy }, terminal.environment)
    const { file, policy } = source
    const { recorded, example, notes } = recordedCase(recordedOf(call), policy.hash)
    const account = example ? accountFor(source, example) : recordedAccount(recorded, notes)
    const shownPolicy = { file, hash: policy.hash }
    const method = methodOf(call.decision.entry)
    const report = { account, method, isUnverified: false, recorded, policy: shownPolicy }
    const isSamePolicy = recorded.policyHash === policy.hash
    return { report, isSamePolicy, isDecidedAgain: !!example && !isRefusal(example.identity) }
  } catch (error) {
    if (isNamed || !(error instanceof UsageError)) throw error
    return { report: undefined, why: 'name the policy with --policy FILE or --config FILE' }
  }
}

/** What was called, as the entry has it: it is known also where the call cannot be decided on again. */
function methodOf({ service, method }: RecordedEntry): Method | undefined {
  return methods.find((known) => known.service === service && known.name === method)
}

/** The entries of a call as `explain` takes them: a call with one entry has both in it. */
function recordedOf({ decision, completion, identity }: FoundCall): RecordedDecision {
  const { entry } = decision
  const isWhole = isWholeCall(entry)
  return {
    decision: isWhole ? { ...entry, kind: 'decision', outcome: 'allowed' } : entry,
    completion: completion?.entry,
    identity: identity?.entry,
  }
}

function asText(
  found: FoundEntry,
  explanation: Explanation | undefined,
  terminal: Terminal,
): string {
  const paint = paintFor(terminal)
  const page = entryPage(found, paint)
  if (explanation === undefined) return page
  const title = paint('bold', 'explanation')
  if (explanation.report === undefined) return `${page}\n\n${title}  none: ${explanation.why}`
  const { report } = explanation
  const { policy } = report
  if (!explanation.isDecidedAgain) {
    // What the journal has of it stands above, and there is no other verdict beside it.
    const recorded = textReport({ ...report, recorded: undefined }, paint)
    return `${page}\n\n${title}  as it was recorded; ${policy.file} was not asked\n${recorded}`
  }
  const how = explanation.isSamePolicy
    ? 'by the policy that was in force then'
    : `by ${policy.file}, ${paint('yellow', 'which is not the policy that was in force then')}`
  return `${page}\n\n${title}  ${how}\n${textReport(report, paint)}`
}

function asJson({ found, call, checkpoint }: FoundEntry, explanation?: Explanation): string {
  const parts = {
    seq: found.seq,
    line_sha256: found.digest,
    lines: linesOf({ found, call }).map(({ what, seq, digest }) => ({ what, seq, sha256: digest })),
    ...(call
      ? {
          decision: call.decision.entry,
          completion: call.completion?.entry,
          identity: call.identity?.entry,
        }
      : { entry: found.entry }),
    checkpoint: checkpoint?.entry,
    ...(explanation?.report && {
      same_policy: explanation.isSamePolicy,
      decided_again: explanation.isDecidedAgain,
      explanation: jsonReport(explanation.report),
    }),
  }
  return JSON.stringify(parts, undefined, 2)
}
