import { generateKeyPairSync, hash, type KeyObject } from 'node:crypto'
import { closeSync, openSync, writeSync } from 'node:fs'
import type { EntryBody } from '../src/core/audit-entry.ts'
import { advance, genesis, type ChainHead } from '../src/record/chain.ts'
import { checkpointText } from '../src/record/checkpoint.ts'
import { makeDirectory, segmentPath } from '../src/record/directory.ts'
import { noteSigner, signNote, type NoteSigner } from '../src/record/signed-note.ts'
import { createUlids } from '../src/record/ulid.ts'
import { createCallStream } from './made-calls.ts'

export interface JournalOfCalls {
  /** Made if it is missing; must not have a journal yet. */
  readonly directory: string
  readonly calls: number
  readonly seed?: number
  /** When the first entry was, in milliseconds since the epoch. */
  readonly startMs?: number
  /** How much time the calls take together. */
  readonly spanMs?: number
  readonly segmentBytesMax?: number
  /** Whether calls that only read have one entry at their end, as the level `completion` says. */
  readonly readLevel?: 'both' | 'completion'
  /** Key that signs checkpoints; a new one unless given. */
  readonly privateKey?: KeyObject
}

export interface WrittenJournal {
  readonly entries: number
  readonly bytes: number
  readonly head: ChainHead
  /** The public key of the checkpoints, as note tools take it. */
  readonly vkey: string
}

/** What the made-up replica calls its journal. */
const origin = 'sallyport/made-journal'
/** Far fewer than a service writes, so that most entries are about calls. */
const checkpointMs = 120_000
const flushBytes = 4 * 1024 ** 2

/**
 * Writes a journal as a service would have over some weeks, in seconds: chained, in segments, with signed
 * checkpoints. The same options make the same calls. For benches and tests of what reads journals.
 */
export function writeJournalOfCalls(options: JournalOfCalls): WrittenJournal {
  const { calls, seed = 1, spanMs = 30 * 86_400_000, readLevel = 'both' } = options
  const startMs = options.startMs ?? Date.UTC(2026, 9, 20)
  let nowMs = startMs
  const writer = createChainWriter(options, () => nowMs)
  const signer = noteSigner(origin, options.privateKey ?? newKey())
  let checkpointAtMs = startMs + checkpointMs
  writer.write(startEntry(startMs))
  writer.write(signingKeyEntry(startMs, signer, writer.head().seq + 1))
  for (const body of createCallStream({ calls, seed, startMs, spanMs, readLevel })) {
    nowMs = Math.max(nowMs, Date.parse(body.time))
    if (nowMs >= checkpointAtMs) {
      writer.write(checkpointEntry(nowMs, signer, writer.head()))
      checkpointAtMs = nowMs + checkpointMs
    }
    writer.write(body)
  }
  writer.write({ time: new Date(nowMs).toISOString(), kind: 'stop' })
  writer.write(checkpointEntry(nowMs, signer, writer.head()))
  const bytes = writer.close()
  const head = writer.head()
  return { entries: head.seq, bytes, head, vkey: signer.verifier.vkey }
}

function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey
}

/** The line behind a head, with its newline, as plainly as can be: what reads journals is tested with it. */
export function chainedLine(head: ChainHead, id: string, body: EntryBody): Buffer {
  const place = { id, seq: head.seq + 1, prev: head.digest }
  return Buffer.from(
    `${JSON.stringify({ ...place, ...body, replica: 'made', version: '0.0.0' })}\n`,
  )
}

function createChainWriter(options: JournalOfCalls, now: () => number) {
  const { directory, segmentBytesMax = 128 * 1024 ** 2 } = options
  makeDirectory(directory)
  const ids = createUlids({ now })
  let head = genesis
  let descriptor: number | undefined
  let segmentBytes = 0
  let bytes = 0
  let pending: Buffer[] = []
  let pendingBytes = 0

  function flush(): void {
    if (pending.length > 0) writeSync(descriptor ?? 0, Buffer.concat(pending))
    pending = []
    pendingBytes = 0
  }
  function closeSegment(): void {
    flush()
    if (descriptor !== undefined) closeSync(descriptor)
    descriptor = undefined
    segmentBytes = 0
  }
  return {
    head: () => head,
    write(body: EntryBody): void {
      if (segmentBytes >= segmentBytesMax) closeSegment()
      descriptor ??= openSync(segmentPath(directory, head.seq + 1), 'ax', 0o600)
      const line = chainedLine(head, ids.next(), body)
      head = advance(head, line.subarray(0, -1))
      pending.push(line)
      pendingBytes += line.length
      segmentBytes += line.length
      bytes += line.length
      if (pendingBytes >= flushBytes) flush()
    },
    close(): number {
      closeSegment()
      return bytes
    },
  }
}

function startEntry(atMs: number): EntryBody {
  const digest = (text: string) => `sha256:${hash('sha256', text)}`
  return {
    time: new Date(atMs).toISOString(),
    kind: 'start',
    config_hash: digest('config'),
    policy_hash: digest('policy'),
    durability: 'synced',
    node: 'v24.0.0',
    closed_calls: 0,
  }
}

function signingKeyEntry(atMs: number, signer: NoteSigner, seq: number): EntryBody {
  const { vkey, keyId } = signer.verifier
  const note = signNote(`sallyport signing key\n${origin}\n${vkey}\n${seq}\n`, [signer])
  return { time: new Date(atMs).toISOString(), kind: 'signing_key', vkey, key: keyId, note }
}

/** The made-up service counts no open calls: calls are never more than moments long here. */
function checkpointEntry(atMs: number, signer: NoteSigner, head: ChainHead): EntryBody {
  return {
    time: new Date(atMs).toISOString(),
    kind: 'checkpoint',
    size: head.seq,
    head: head.digest,
    origin,
    key: signer.verifier.keyId,
    note: signNote(checkpointText({ origin, ...head }), [signer]),
    open_calls: 0,
  }
}
