import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { parseCheckpoint } from '../../src/record/checkpoint.ts'
import {
  noteSigners,
  parseNote,
  parseVerifierKey,
  type NoteVerifier,
} from '../../src/record/signed-note.ts'
import { linesIn, type WrittenEntry } from './audit-files.ts'

/** What is wrong with a journal, and what it has. */
export interface JournalReport {
  readonly faults: readonly string[]
  readonly entries: readonly WrittenEntry[]
  readonly checkpoints: number
}

interface Head {
  readonly seq: number
  readonly digest: string
}

/**
 * Looks at a journal that is not being written, by means as plain as can be: that its chain holds, that its
 * checkpoints are signed and say what is there, and that every call that was allowed ended exactly once.
 * Others in the process get their turn meanwhile: an issuer, for one, which a service waits for.
 */
export async function inspectJournal(directory: string): Promise<JournalReport> {
  const keyFile = join(directory, 'signing-key.pub')
  const vkey = existsSync(keyFile) ? readFileSync(keyFile, 'utf8').trim() : ''
  const verifier = parseVerifierKey(vkey)
  const faults: string[] = []
  const entries: WrittenEntry[] = []
  let head: Head = { seq: 0, digest: '0'.repeat(64) }
  let checkpoints = 0
  for (const [index, line] of linesIn(directory).entries()) {
    const entry = JSON.parse(line.toString()) as WrittenEntry
    const { seq, prev } = entry
    if (index === 0 && seq > 1) head = { seq: seq - 1, digest: prev }
    if (seq !== head.seq + 1 || prev !== head.digest) faults.push(`${seq} follows ${head.seq}`)
    if (entry['kind'] === 'checkpoint') {
      checkpoints += 1
      if (index > 0 && !holds(entry, head, verifier)) faults.push(`checkpoint ${seq} does not hold`)
    }
    entries.push(entry)
    head = { seq, digest: createHash('sha256').update(line).digest('hex') }
    if (index % 200 === 0) await setImmediate()
  }
  faults.push(...removalFaults(entries), ...pairingFaults(entries))
  return { faults, entries, checkpoints }
}

function holds(entry: WrittenEntry, head: Head, verifier: NoteVerifier | undefined): boolean {
  const note = parseNote(String(entry['note']))
  if (note === undefined || verifier === undefined) return false
  const said = parseCheckpoint(note.text)
  const isSigned = noteSigners(note, [verifier]).length === 1
  const isTrue = said?.seq === head.seq && said.digest === head.digest
  return isSigned && isTrue && entry['size'] === head.seq && entry['head'] === head.digest
}

function removalFaults(entries: readonly WrittenEntry[]): readonly string[] {
  const [first] = entries
  if (first === undefined || first.seq === 1) return []
  const isSaid = entries.some(
    (entry) =>
      entry['removed_through_seq'] === first.seq - 1 && entry['removed_head'] === first.prev,
  )
  return isSaid ? [] : [`nothing says why entries up to ${first.seq - 1} are gone`]
}

/** Calls whose decision is gone may have a completion left. */
function pairingFaults(entries: readonly WrittenEntry[]): readonly string[] {
  const completions = new Map<unknown, number>()
  const decisions = new Set<unknown>()
  const faults: string[] = []
  for (const { kind, outcome, decision_id: id } of entries) {
    if (kind === 'completion') completions.set(id, (completions.get(id) ?? 0) + 1)
    if (kind !== 'decision' || outcome !== 'allowed') continue
    if (decisions.has(id)) faults.push(`${String(id)} was decided twice`)
    decisions.add(id)
  }
  for (const id of decisions) {
    const count = completions.get(id) ?? 0
    if (count !== 1) faults.push(`${String(id)} has ${count} completions`)
  }
  return faults
}
