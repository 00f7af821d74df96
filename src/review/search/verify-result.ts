import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { verifyJournal } from '../../audit/verify/verify-journal.ts'
import type { VerifyResult } from '../review-index.ts'

export interface VerifyOptions {
  readonly directory: string
  /** Files with checkpoints that witnesses keep, which the journal must fit; those that are not there are left out. */
  readonly witnessFiles: readonly string[]
  readonly signal: AbortSignal
}

/** Verifies a whole journal, as `sallyport audit verify` does without a key that somebody else keeps. */
export async function verifyForReview(options: VerifyOptions): Promise<VerifyResult> {
  const { directory, witnessFiles, signal } = options
  const started = performance.now()
  const checkpoints = await Promise.all(
    witnessFiles.map(async (path) => {
      const text = await readFile(path, 'utf8').catch(emptyIfMissing)
      return { name: basename(path), text }
    }),
  )
  const report = await verifyJournal({ directory, checkpoints, signal })
  return {
    ok: report.ok,
    entries: report.entries,
    checkpoints: report.checkpoints,
    problems: report.problems.map(({ segment, line, seq, message }) => {
      const where = [segment, line].filter((part) => part !== undefined).join(':')
      return `${where}${seq === undefined ? '' : ` (entry ${seq})`}: ${message}`
    }),
    notes: report.notes,
    durationMs: performance.now() - started,
  }
}

function emptyIfMissing(error: NodeJS.ErrnoException): string {
  if (error.code !== 'ENOENT') throw error
  return ''
}
