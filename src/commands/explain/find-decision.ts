import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { RecordedEntry } from '../../core/recorded-call.ts'
import { segmentPaths } from '../../record/directory.ts'
import { parsedEntry } from '../../record/parsed-entry.ts'
import { UsageError } from './usage-error.ts'

/** What a journal has about one decision. */
export interface RecordedDecision {
  readonly decision: RecordedEntry
  /** Who the caller was; absent where the token was refused, or the entry is in another journal. */
  readonly identity: RecordedEntry | undefined
  /** What became of the call, if it was forwarded and has ended. */
  readonly completion: RecordedEntry | undefined
}

/**
 * Finds a decision in the journal of a replica. The journal is read line by line and never locked, so
 * the service may go on writing it.
 */
export async function findDecision(journal: string, id: string): Promise<RecordedDecision> {
  const paths = await pathsIn(journal)
  const found = await entriesWith(paths, id, (entry) => entry['decision_id'] === id)
  const decision = found.find(({ kind }) => kind === 'decision')
  if (decision === undefined) {
    throw new UsageError(
      `--decision ${id} is not in ${journal}; each replica has a journal of its own, and the id has its case`,
    )
  }
  const digest = decision['token_sha256']
  const identities =
    typeof digest === 'string'
      ? await entriesWith(paths, digest, (entry) => isIdentityOf(entry, digest))
      : []
  return {
    decision,
    identity: identities.at(-1),
    completion: found.find(({ kind }) => kind === 'completion'),
  }
}

function isIdentityOf(entry: RecordedEntry, digest: string): boolean {
  return entry['kind'] === 'identity' && entry['token_sha256'] === digest
}

async function pathsIn(journal: string): Promise<readonly string[]> {
  try {
    return (await stat(journal)).isDirectory() ? segmentPaths(journal) : [journal]
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    throw new UsageError(`the journal ${journal} cannot be read (${code}); name it with --journal`)
  }
}

/** Only lines that have the text are parsed; journals grow to millions of others. */
async function entriesWith(
  paths: readonly string[],
  text: string,
  isMeant: (entry: RecordedEntry) => boolean,
): Promise<readonly RecordedEntry[]> {
  const entries: RecordedEntry[] = []
  for (const path of paths) {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const entry = line.includes(text) ? parsedEntry(line) : undefined
      if (entry && isMeant(entry)) entries.push(entry)
    }
  }
  return entries
}
