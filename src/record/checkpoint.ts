import type { ChainHead } from './chain.ts'

/** What a checkpoint says: that a chain has so many entries, and which digest the last of them has. */
export interface CheckpointStatement extends ChainHead {
  /** The journal that it is about. */
  readonly origin: string
}

/**
 * The text of a checkpoint: origin, size and digest, a line each, as C2SP tlog-checkpoint has them. The
 * digest is that of the chain's last line, not the root of a tree: the whole chain is what is verified.
 */
export function checkpointText({ origin, seq, digest }: CheckpointStatement): string {
  return `${origin}\n${seq}\n${Buffer.from(digest, 'hex').toString('base64')}\n`
}

const threeLines = /^([^\n]+)\n(0|[1-9][0-9]{0,14})\n([^\n]+)\n/

/** Reads the text of a checkpoint, or returns undefined where it is none. */
export function parseCheckpoint(text: string): CheckpointStatement | undefined {
  const lines = threeLines.exec(text)
  if (lines === null) return undefined
  const [, origin = '', size, encoded = ''] = lines
  const digest = Buffer.from(encoded, 'base64')
  // Node passes over what is no base64; one statement has one text.
  if (digest.length !== 32 || digest.toString('base64') !== encoded) return undefined
  return { origin, seq: Number(size), digest: digest.toString('hex') }
}
