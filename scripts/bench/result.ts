import type { bareSync } from '../bare-sync.ts'
import type { Machine } from './machine.ts'
import type { Plan } from './plan.ts'
import type { Figures, Ratios } from './ratios.ts'

/** Everything that one run of the bench found out. */
export interface BenchResult extends Figures {
  readonly at: string
  readonly machine: Machine & { readonly loadAfter: number }
  readonly plan: Plan
  /** What the machine takes to make some bytes durable, whoever writes them. */
  readonly sync: Awaited<ReturnType<typeof bareSync>>
  /** Of Sallyport with everything on and `synced`, unless a name says otherwise. */
  readonly ratio_to_envoy: Ratios
}
