import { linesBackwards } from './backwards.ts'
import { segmentPaths } from './directory.ts'
import { isOpening } from './open-calls.ts'
import { parsedEntry } from './parsed-entry.ts'
import type { KeyInForce } from './signing-key-entry.ts'
import { parseVerifierKey } from './signed-note.ts'

/** What the process before has left to do, and what it signed with. */
export interface Legacy {
  /** Decisions of calls that had not ended, oldest first. */
  readonly openCalls: readonly string[]
  /** Absent where nothing was signed. */
  readonly key: KeyInForce | undefined
  /** Entries up to this number were announced as removed; 0 where none were. */
  readonly removedThrough: number
}

type Entry = Readonly<Record<string, unknown>>

/**
 * Reads the end of a journal: back to the last checkpoint, and as far before it as the oldest call that was
 * open there. Only a journal without a checkpoint is read to its beginning. Rejects where it cannot be read.
 */
export async function readLegacy(directory: string): Promise<Legacy> {
  const ended = new Set<unknown>()
  const openCalls: string[] = []
  let key: KeyInForce | undefined
  let removedThrough = 0
  for await (const entry of lastEntries(directory)) {
    key ??= keyIn(entry)
    if (entry['kind'] === 'completion') ended.add(entry['decision_id'])
    else if (isOpening(entry) && !ended.has(entry['decision_id'])) {
      openCalls.push(String(entry['decision_id']))
    } else if (entry['kind'] === 'retention') {
      removedThrough = Math.max(removedThrough, Number(entry['removed_through_seq']))
    }
  }
  return { openCalls: openCalls.toReversed(), key, removedThrough }
}

async function* lastEntries(directory: string): AsyncGenerator<Entry> {
  let firstSeq = 0
  for (const path of segmentPaths(directory).toReversed()) {
    for await (const line of linesBackwards(path)) {
      const entry = parsedEntry(line.toString())
      if (entry === undefined) continue
      if (Number(entry['seq']) < firstSeq) return
      yield entry
      if (firstSeq === 0 && entry['kind'] === 'checkpoint') {
        firstSeq = Number(entry['oldest_open_seq'] ?? entry['seq'])
      }
    }
  }
}

function keyIn({ kind, origin, key, vkey }: Entry): KeyInForce | undefined {
  if (kind === 'checkpoint') return { origin: String(origin), keyId: String(key) }
  const verifier = kind === 'signing_key' ? parseVerifierKey(String(vkey)) : undefined
  return verifier && { origin: verifier.name, keyId: verifier.keyId }
}
