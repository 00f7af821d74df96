import { proxyActivities } from '@temporalio/workflow'
import type * as activities from './activities.ts'

const { sumEntries } = proxyActivities<typeof activities>({ startToCloseTimeout: '10s' })

/** Rolls a ledger up into its balance. Its name is what pipelines and policies say. */
export async function LedgerRollup(): Promise<{ balanceCents: number }> {
  return { balanceCents: await sumEntries() }
}
