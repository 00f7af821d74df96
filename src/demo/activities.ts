/** Amounts in cents, the smallest of ledgers. */
const entries = [12_500, -4_999, 1_250, -751]

/** Adds up the entries of a ledger: the work that only the worker can do. */
export async function sumEntries(): Promise<number> {
  return entries.reduce((sum, amount) => sum + amount, 0)
}
