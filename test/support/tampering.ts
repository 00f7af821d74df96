import { generateKeyPairSync, hash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { genesis } from '../../src/record/chain.ts'
import { checkpointText } from '../../src/record/checkpoint.ts'
import { noteSigner, signNote, type NoteSigner } from '../../src/record/signed-note.ts'

type Fields = Readonly<Record<string, unknown>>

/** A signer with a key of its own. */
export function newSigner(name = 'sallyport/test'): NoteSigner {
  return noteSigner(name, generateKeyPairSync('ed25519').privateKey)
}

/** The note that names a signer from an entry on. */
export function handoverNote(
  signer: NoteSigner,
  seq: number,
  others: readonly NoteSigner[] = [],
): string {
  const { name, vkey } = signer.verifier
  return signNote(`sallyport signing key\n${name}\n${vkey}\n${seq}\n`, [signer, ...others])
}

const startMs = Date.parse('2026-11-23T09:00:00.000Z')

/**
 * Writes chained lines, an entry a second unless it says otherwise, as a journal would. Whatever a test
 * wants to be wrong, it says with `fields`; the chain is right.
 */
export function chainOf(signer: NoteSigner, stepMs = 1000) {
  let head = genesis
  const lines: string[] = []
  const notes: string[] = []
  let by = signer

  const entry = (kind: string, fields: Fields = {}): string => {
    const time = new Date(startMs + head.seq * stepMs).toISOString()
    const place = { id: `01TEST${head.seq + 1}`, seq: head.seq + 1, prev: head.digest }
    const line = JSON.stringify({ ...place, time, kind, ...fields, replica: 'test', version: '1' })
    head = { seq: head.seq + 1, digest: hash('sha256', line) }
    lines.push(line)
    return line
  }
  const decision = (id: string, outcome = 'allowed', fields: Fields = {}): string =>
    entry('decision', { decision_id: id, outcome, method: 'StartWorkflowExecution', ...fields })
  const completion = (id: string, outcome = 'completed', fields: Fields = {}): string =>
    entry('completion', { decision_id: id, outcome, grpc_status: 0, ...fields })

  return {
    lines,
    notes,
    head: () => head,
    entry,
    decision,
    completion,
    call: (id: string) => [decision(id), completion(id)],
    signingKey(next = signer, others: readonly NoteSigner[] = []) {
      by = next
      const { vkey, keyId } = next.verifier
      const note = handoverNote(next, head.seq + 1, others)
      return entry('signing_key', { vkey, key: keyId, note })
    },
    checkpoint(fields: Fields = {}) {
      const origin = by.verifier.name
      const note = signNote(checkpointText({ origin, ...head }), [by])
      notes.push(note)
      const { seq: size, digest } = head
      const key = by.verifier.keyId
      return entry('checkpoint', {
        size,
        head: digest,
        origin,
        key,
        note,
        open_calls: 0,
        ...fields,
      })
    },
  }
}

/** The lines of a whole little journal: it starts, has calls and checkpoints, and stops. */
export function sampleChain(signer: NoteSigner = newSigner(), calls = 6) {
  const chain = chainOf(signer)
  chain.entry('start', { closed_calls: 0 })
  chain.signingKey()
  for (let call = 1; call <= calls; call += 1) {
    chain.call(`d-${String(call).padStart(12, '0')}`)
    if (call % 2 === 0) chain.checkpoint()
  }
  chain.decision('d-REFVSED00001', 'refused', { code: 'not_granted' })
  chain.entry('stop')
  chain.checkpoint()
  return chain
}

/** Writes lines into segments of so many lines each. */
export function writeSegments(
  directory: string,
  lines: readonly string[],
  perSegment = Infinity,
): string {
  mkdirSync(directory, { recursive: true })
  for (let at = 0; at < lines.length; at += perSegment) {
    const text = lines.slice(at, at + perSegment).map((line) => `${line}\n`)
    writeFileSync(join(directory, segmentName(at + 1)), text.join(''))
  }
  return directory
}

/** The name of the segment that begins with an entry. */
export function segmentName(seq: number): string {
  return `${String(seq).padStart(12, '0')}.jsonl`
}

/** The lines of a journal's segments, by the name of the segment. */
export function readSegments(directory: string): ReadonlyMap<string, readonly string[]> {
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'))
  return new Map(
    names.sort().map((name) => {
      const text = readFileSync(join(directory, name), 'utf8')
      return [name, text.split('\n').slice(0, -1)]
    }),
  )
}

/** Numbers and chains lines anew from one on, as somebody would who has no key. */
export function chainAnew(lines: readonly string[]): readonly string[] {
  let head = genesis
  return lines.map((line) => {
    const entry = JSON.parse(line) as Fields
    const changed = { ...entry, seq: head.seq + 1, prev: head.digest }
    if (entry['kind'] === 'checkpoint')
      Object.assign(changed, { size: head.seq, head: head.digest })
    const text = JSON.stringify(changed)
    head = { seq: head.seq + 1, digest: hash('sha256', text) }
    return text
  })
}
