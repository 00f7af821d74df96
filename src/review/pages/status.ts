import type { CallRow } from '../review-index.ts'
import { countText } from './moments.ts'

/** How a call went, so that it can be told without colour. */
export interface Status {
  readonly tone: 'bad' | 'good' | 'warn' | 'plain'
  readonly mark: string
  readonly words: string
}

const outcomes: Readonly<Record<NonNullable<CallRow['outcome']> | 'open', Status>> = {
  completed: { tone: 'good', mark: '✓', words: 'Completed' },
  failed: { tone: 'warn', mark: '!', words: 'Failed' },
  cancelled: { tone: 'plain', mark: '–', words: 'Cancelled' },
  unknown: { tone: 'warn', mark: '?', words: 'Unknown' },
  open: { tone: 'plain', mark: '…', words: 'Under way' },
}

/** How a call went: refused, or what became of it. */
export function statusOf(row: Pick<CallRow, 'decision' | 'outcome' | 'count'>): Status {
  if (row.decision === 'refused') {
    const times = row.count === undefined ? '' : ` ×${countText(row.count)}`
    return { tone: 'bad', mark: '✕', words: `Refused${times}` }
  }
  return outcomes[row.outcome ?? 'open']
}
