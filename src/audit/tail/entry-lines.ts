import { LRUCache } from 'lru-cache'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { isDecision, isWholeCall, textOf } from '../entry-facts.ts'
import { callerOf, callOf, endOf, otherWords, shown } from './entry-words.ts'

/** Colours a text, or leaves it as it is. */
type Paint = (style: 'red' | 'yellow' | 'green' | 'cyan' | 'bold' | 'dim', text: string) => string

/** Calls whose end is awaited; the end of one beyond that is shown without what was called. */
const openCallsMax = 10_000

/** Shows entries to a person, one after the other. */
export interface EntryLines {
  /** Takes note of an entry that is not shown: one that is may refer to it. */
  readonly note: (entry: RecordedEntry) => void
  /** The lines of an entry: one, and before it one with the date whenever another day begins. */
  readonly show: (entry: RecordedEntry) => readonly string[]
}

/** Creates the lines of a listing. Whatever a caller chose comes escaped. */
export function createEntryLines(paint: Paint): EntryLines {
  const open = new LRUCache<string, string>({ max: openCallsMax })
  let day = ''
  let before: string | undefined

  function lineOf(entry: RecordedEntry): string {
    if (isDecision(entry)) return callLine(entry, paint)
    if (entry['kind'] === 'completion') return endLine(entry)
    const words = otherWords(entry)
    if (entry['outcome'] === 'refused') return `${paint('red', '✗')} ${words}`
    if (entry['outcome'] === 'failed') return `${paint('yellow', '!')} ${words}`
    return paint('dim', `· ${words}`)
  }

  function endLine(entry: RecordedEntry): string {
    const id = textOf(entry, 'decision_id') ?? ''
    const call = open.get(id)
    open.delete(id)
    const whose =
      id === before ? '' : `  ${call ?? ''} ${shown(entry, 'decision_id') ?? ''}`.trimEnd()
    const isFine = entry['outcome'] === 'completed'
    return paint(isFine ? 'dim' : 'yellow', `  └ ${endOf(entry)}${whose}`)
  }

  function note(entry: RecordedEntry): void {
    const id = textOf(entry, 'decision_id')
    if (id !== undefined && entry['kind'] === 'decision' && entry['outcome'] === 'allowed') {
      open.set(id, callOf(entry))
    }
  }

  function show(entry: RecordedEntry): readonly string[] {
    const time = printableTime(entry)
    const lines = time.day === day ? [] : [paint('dim', `── ${time.day} (UTC)`)]
    day = time.day
    lines.push(`${paint('dim', time.clock)} ${lineOf(entry)}`)
    before = textOf(entry, 'decision_id')
    note(entry)
    return lines
  }

  return { note, show }
}

function callLine(entry: RecordedEntry, paint: Paint): string {
  const isAllowed = isWholeCall(entry) || entry['outcome'] === 'allowed'
  const mark = isAllowed ? paint('green', '✓') : paint('red', '✗')
  const why = isAllowed ? shown(entry, 'rule') : paint('red', shown(entry, 'code') ?? 'refused')
  const parts = [callOf(entry), paint('cyan', callerOf(entry)), why]
  if (isWholeCall(entry)) parts.push(endOf(entry))
  const id = paint('dim', shown(entry, 'decision_id') ?? '')
  return `${mark} ${[...parts, id].filter(Boolean).join('  ')}`
}

/** The day and the time of day. Times are texts that somebody wrote, too. */
function printableTime(entry: RecordedEntry): { readonly day: string; readonly clock: string } {
  const time = textOf(entry, 'time') ?? ''
  const [, day, clock] = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d\.\d{3})Z$/.exec(time) ?? []
  if (day === undefined || clock === undefined) return { day: 'no date', clock: '??:??:??.???' }
  return { day, clock }
}
