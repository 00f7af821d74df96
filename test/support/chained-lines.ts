import { hash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { genesis, type ChainHead } from '../../src/record/chain.ts'
import { segmentPath } from '../../src/record/directory.ts'

/** The id that the entry with a number has in {@link chainedLines}. */
export function idOf(seq: number, run = 'A'): string {
  return `01J${run}${String(seq).padStart(22, '0')}`
}

/**
 * Lines of a journal that follow one another, without their newlines, from one number to another. The
 * same arguments give the same lines; another `run` gives other lines in the same places.
 */
export function chainedLines(
  from: number,
  to: number,
  options: { readonly after?: ChainHead; readonly run?: string; readonly padding?: number } = {},
): string[] {
  const { run = 'A', padding = 0 } = options
  let { digest } = options.after ?? (from === 1 ? genesis : headAfter(from - 1, run, padding))
  const lines: string[] = []
  for (let seq = from; seq <= to; seq += 1) {
    const line = JSON.stringify({
      id: idOf(seq, run),
      seq,
      prev: digest,
      time: new Date(Date.UTC(2026, 10, 23, 9) + seq * 1000).toISOString(),
      kind: 'decision',
      decision_id: `d-${run}-${seq}`,
      ...(padding > 0 && { detail: 'x'.repeat(padding) }),
      replica: 'sallyport-0',
      version: '0.1.0',
    })
    lines.push(line)
    digest = hash('sha256', line)
  }
  return lines
}

function headAfter(seq: number, run: string, padding: number): ChainHead {
  const line = chainedLines(1, seq, { run, padding }).at(-1) ?? ''
  return { seq, digest: hash('sha256', line) }
}

/** Writes lines as a segment that is named for the number of its first entry. */
export function writeSegment(
  directory: string,
  firstSeq: number,
  lines: readonly string[],
): string {
  const path = segmentPath(directory, firstSeq)
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  return path
}
