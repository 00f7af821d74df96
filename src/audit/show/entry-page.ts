import type { RecordedEntry } from '../../core/recorded-call.ts'
import { printable } from '../../identify/printable.ts'
import { isWholeCall, objectOf, textOf } from '../entry-facts.ts'
import type { JournalEntry } from '../read-journal.ts'
import { callOf, endOf, otherWords, shown } from '../tail/entry-words.ts'
import { linesOf, type FoundCall, type FoundEntry, type ShownLine } from './find-entry.ts'

/** Colours a text, or leaves it as it is. */
type Paint = (style: 'red' | 'green' | 'dim' | 'bold', text: string) => string

/** Longest value that is shown: as long as entries have them, with what escaping adds. */
const valueMax = 2000

type Row = readonly [label: string, value: string | undefined]

/** An entry and what belongs to it, as a page for a person. Whatever a caller chose comes escaped. */
export function entryPage({ found, call, checkpoint }: FoundEntry, paint: Paint): string {
  const parts = call ? callPage(call, paint) : [...otherPage(found, paint)]
  return [...parts, ...proofLines(linesOf({ found, call }), checkpoint, paint)].join('\n')
}

function callPage(call: FoundCall, paint: Paint): readonly string[] {
  const { entry } = call.decision
  const isAllowed = isWholeCall(entry) || entry['outcome'] === 'allowed'
  const verdict = isAllowed ? paint('green', 'allowed') : paint('red', 'refused')
  return [
    `${paint('bold', callOf(entry))}  ${verdict}`,
    ...table([
      ['decision', `${shown(entry, 'decision_id')}, ${placeOf(call.decision)}`],
      ['when', shown(entry, 'time')],
      ['verbs', listed(entry, 'verbs')],
      ['namespace', long(entry, 'namespace')],
      ['workflow', long(entry, 'workflow_id')],
      ['type', long(entry, 'workflow_type')],
      ['task queue', long(entry, 'task_queue')],
      ['path', long(entry, 'path')],
      ['request', long(entry, 'request_id')],
      ['from', shown(entry, 'peer')],
      ['why', whyOf(entry, isAllowed)],
      ['detail', long(entry, 'detail')],
      ['policy', shown(entry, 'policy_hash')],
      ['shadow', shadowWords(objectOf(entry, 'shadow'))],
      ['keys', entry['stale_keys'] === true ? 'overdue for a refresh then' : undefined],
      ['ended', endWords(call, isAllowed)],
    ]),
    ...identityLines(call, paint),
  ]
}

function whyOf(entry: RecordedEntry, isAllowed: boolean): string | undefined {
  if (!isAllowed) return shown(entry, 'code')
  const rule = shown(entry, 'rule')
  return rule === undefined ? undefined : `the rule ${rule} as ${shown(entry, 'role')}`
}

function shadowWords(shadow: RecordedEntry): string | undefined {
  const outcome = shown(shadow, 'outcome')
  if (outcome === undefined) return undefined
  return `${outcome} by the candidate ${shown(shadow, 'policy_hash')} (${shown(shadow, 'code') ?? shown(shadow, 'rule')})`
}

function endWords({ completion }: FoundCall, isAllowed: boolean): string {
  if (!isAllowed) return 'not forwarded'
  if (completion === undefined) return 'not yet, or the process was killed'
  const { entry } = completion
  return `${endOf(entry)}, ${shown(entry, 'time')}, ${placeOf(completion)}`
}

function identityLines({ decision, identity }: FoundCall, paint: Paint): readonly string[] {
  const rows: readonly Row[] = [
    ['principal', long(decision.entry, 'principal')],
    ['issuer', shown(decision.entry, 'issuer')],
  ]
  if (identity === undefined) {
    const why =
      textOf(decision.entry, 'token_sha256') === undefined
        ? 'nobody knows: no token was verified'
        : 'its identity entry is not in this journal'
    return ['', paint('bold', 'caller'), ...table([...rows, ['claims', why]])]
  }
  const { entry } = identity
  const claims = Object.entries(objectOf(entry, 'claims')).map(([name, value]): Row => [
    printable(name),
    printable(String(value), valueMax),
  ])
  return [
    '',
    `${paint('bold', 'caller')}  ${paint('dim', placeOf(identity))}`,
    ...table([
      ...rows,
      ['kind', shown(entry, 'identity_kind')],
      ['subject', long(entry, 'subject')],
      ['guards', listed(entry, 'guards')],
      ['expires', shown(entry, 'expires')],
    ]),
    '',
    paint('bold', 'claims of the token'),
    ...table(claims),
  ]
}

function otherPage({ entry, ...place }: JournalEntry, paint: Paint): readonly string[] {
  const fields = Object.entries(entry).map(([name, value]): Row => {
    const text = typeof value === 'string' ? value : JSON.stringify(value)
    return [printable(name), printable(text, valueMax)]
  })
  return [
    `${paint('bold', otherWords(entry))}  ${paint('dim', placeOf({ entry, ...place }))}`,
    ...table(fields),
  ]
}

/** What the journal says for its own integrity. Nothing is verified here, and the page says so. */
function proofLines(
  lines: readonly ShownLine[],
  checkpoint: JournalEntry | undefined,
  paint: Paint,
): readonly string[] {
  const covered =
    checkpoint === undefined
      ? 'no checkpoint covers it yet'
      : `signed with the checkpoint of ${shown(checkpoint.entry, 'time')} (${placeOf(checkpoint)}, key ${shown(checkpoint.entry, 'key')})`
  return [
    '',
    paint('bold', 'proof'),
    ...table([
      ...lines.map(({ what, seq, digest }): Row => {
        const of = what === 'entry' ? '' : `, the ${what}`
        return ['line', `SHA-256 ${digest} of entry ${seq}${of}`]
      }),
      ['signed', covered],
      ['checked', 'not here: run sallyport audit verify'],
    ]),
  ]
}

function placeOf({ seq, entry }: JournalEntry): string {
  return `entry ${seq} (${shown(entry, 'id')})`
}

function long(entry: RecordedEntry, name: string): string | undefined {
  return shown(entry, name, valueMax)
}

function listed(entry: RecordedEntry, name: string): string | undefined {
  const value = entry[name]
  if (!Array.isArray(value) || value.length === 0) return undefined
  return printable(value.map(String).join(', '), valueMax)
}

function table(rows: readonly Row[]): readonly string[] {
  const kept = rows.filter(([, value]) => value !== undefined)
  const width = Math.max(...kept.map(([label]) => label.length))
  return kept.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`)
}
