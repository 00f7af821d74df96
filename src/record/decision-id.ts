import { randomUUID } from 'node:crypto'
import { toCrockford } from './crockford.ts'

/**
 * A new name for one decision: `d-` and 60 random bits as 12 characters that can be read out on the
 * phone. The bits come out of a random UUID, since Node keeps a pool of entropy for those and no
 * pool of our own is needed; its version and variant digits are left aside.
 */
export function newDecisionId(): string {
  const uuid = randomUUID()
  const high = Number.parseInt(uuid.slice(0, 8), 16)
  const low = Number.parseInt(uuid.slice(-8), 16)
  return `d-${toCrockford(high, 6)}${toCrockford(low, 6)}`
}
