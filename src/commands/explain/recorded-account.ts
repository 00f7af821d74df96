import { remedies } from '../../core/remedy.ts'
import type { Account } from './account.ts'
import type { Note } from './note.ts'
import { isCode, type Recorded } from './recorded-case.ts'

/** What can be said of a decision that cannot be made again: what the journal has of it. */
export function recordedAccount(recorded: Recorded, notes: readonly Note[]): Account {
  const { outcome, code, detail, rule } = recorded
  const remedy = code !== undefined && isCode(code) ? remedies[code] : undefined
  const messages = [detail, remedy?.when].filter((message) => message !== undefined)
  return {
    outcome: outcome === 'allowed' ? 'allowed' : 'refused',
    code,
    detail,
    rule,
    role: recorded.role,
    matching: recorded.rules,
    identity: undefined,
    needs: [],
    reasons: messages.map((message) => ({ message })),
    notes,
    changes: remedy
      ? [{ side: 'job', message: remedy.remedy, place: undefined, write: undefined }]
      : [],
    considered: [],
    tokenRefusal: undefined,
  }
}
