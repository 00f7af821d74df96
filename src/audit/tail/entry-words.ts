import type { RecordedEntry } from '../../core/recorded-call.ts'
import { printable } from '../../identify/printable.ts'
import { numberOf, objectOf, textOf, textsOf } from '../entry-facts.ts'

/** Longest text of a field that is shown, in UTF-16 code units: a line should fit on a screen. */
const shownMax = 80

/** A field as text that a terminal cannot take for anything else, or undefined where it is not there. */
export function shown(
  entry: RecordedEntry,
  name: string,
  max: number = shownMax,
): string | undefined {
  const value = textOf(entry, name) ?? numberOf(entry, name)
  return value === undefined ? undefined : printable(String(value), max)
}

/** Who called: a job by its project and number, or whoever else by name. */
export function callerOf(entry: RecordedEntry): string {
  const [project, job] = [shown(entry, 'project_path'), shown(entry, 'job_id')]
  if (project !== undefined && job !== undefined) return `${project} job ${job}`
  return shown(entry, 'principal') ?? shown(entry, 'peer') ?? 'somebody'
}

/** What was called, and on what. */
export function callOf(entry: RecordedEntry): string {
  const names = ['namespace', 'workflow_id'].map((name) => shown(entry, name))
  const method = shown(entry, 'method') ?? shown(entry, 'path') ?? 'a call'
  return [method, ...names].filter((text) => text !== undefined).join(' ')
}

/** How a call ended. */
export function endOf(entry: RecordedEntry): string {
  const duration = numberOf(entry, 'duration_ms')
  const status = numberOf(entry, 'grpc_status')
  return [
    shown(entry, 'outcome') ?? 'ended',
    shown(entry, 'code'),
    status === undefined || status === 0 ? undefined : `status ${status}`,
    duration === undefined ? undefined : `in ${duration} ms`,
    shown(entry, 'detail'),
  ]
    .filter((text) => text !== undefined)
    .join(' ')
}

/** An entry that is about no single call, in a few words. */
export function otherWords(entry: RecordedEntry): string {
  const words = kinds.get(textOf(entry, 'kind') ?? '')
  return words === undefined ? `entry of the kind ${shown(entry, 'kind')}` : words(entry)
}

const kinds: ReadonlyMap<string, (entry: RecordedEntry) => string> = new Map([
  ['start', startWords],
  ['stop', () => 'stop'],
  ['identity', identityWords],
  ['policy', policyWords],
  ['refusals', refusalsWords],
  ['issuer_keys', keysWords],
  ['checkpoint', checkpointWords],
  [
    'signing_key',
    (entry) => `checkpoints are signed with the key ${shown(entry, 'key')} from here`,
  ],
  ['retention', retentionWords],
  ['review', reviewWords],
])

function startWords(entry: RecordedEntry): string {
  const [closed, repaired] = [numberOf(entry, 'closed_calls'), numberOf(entry, 'repaired_bytes')]
  return [
    `start of Sallyport ${shown(entry, 'version')} on ${shown(entry, 'replica')}`,
    closed === undefined ? undefined : `${closed} calls were open when the process before ended`,
    repaired === undefined ? undefined : `${repaired} bytes of a half-written entry were cut`,
  ]
    .filter((text) => text !== undefined)
    .join('; ')
}

function identityWords(entry: RecordedEntry): string {
  return `token of ${shown(entry, 'principal') ?? 'somebody'} (${shown(entry, 'identity_kind')} of ${shown(entry, 'issuer')})`
}

function policyWords(entry: RecordedEntry): string {
  if (entry['outcome'] === 'refused') {
    return `policy not taken: ${numberOf(entry, 'problem_count')} problems; the old one stays`
  }
  const parts = ['added', 'removed', 'changed'].flatMap((name) => {
    const change = objectOf(entry, name)
    const names = textsOf(change, 'names').map((each) => printable(each))
    return names.length > 0 ? [`${name} ${names.join(', ')}`] : []
  })
  return `policy ${shown(entry, 'policy_hash', 19)}: ${parts.join('; ') || 'the same rules'}`
}

function refusalsWords(entry: RecordedEntry): string {
  const peers = Object.keys(objectOf(entry, 'peers')).map((peer) => printable(peer))
  const others = numberOf(entry, 'other_peers') ?? 0
  const from = [...peers, ...(others > 0 ? ['others'] : [])].join(', ')
  return `${numberOf(entry, 'count')} calls refused: ${shown(entry, 'code')}${from ? `, from ${from}` : ''}`
}

function keysWords(entry: RecordedEntry): string {
  const issuer = shown(entry, 'issuer')
  if (entry['outcome'] === 'failed') return `keys of ${issuer} could not be fetched`
  const parts = ['added', 'withdrawn'].flatMap((name) => {
    const ids = textsOf(entry, name).map((id) => printable(id))
    return ids.length > 0 ? [`${name} ${ids.join(', ')}`] : []
  })
  return `keys of ${issuer}: ${parts.join('; ') || 'fetched'}`
}

function checkpointWords(entry: RecordedEntry): string {
  const open = numberOf(entry, 'open_calls') ?? 0
  return `checkpoint over entries up to ${numberOf(entry, 'size')}, ${open} calls open`
}

function retentionWords(entry: RecordedEntry): string {
  return `entries up to ${numberOf(entry, 'removed_through_seq')} are removed because of their age`
}

function reviewWords(entry: RecordedEntry): string {
  const about = Object.entries(objectOf(entry, 'about')).map(
    ([name, value]) => `${printable(name)} ${printable(String(value), shownMax)}`,
  )
  return [`${shown(entry, 'reviewer')}: ${shown(entry, 'action')}`, ...about].join(', ')
}
