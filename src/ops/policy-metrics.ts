import { Counter, Gauge, type Registry } from 'prom-client'
import { registerGauge } from './gauge.ts'

/** What is measured of the policies. */
export interface PolicyMeasures {
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly isFileInForce: boolean
  readonly candidate: { readonly hash: string | undefined } | undefined
}

export interface PolicyMetrics {
  readonly reload: (result: string) => void
  readonly difference: (difference: { readonly from: string; readonly to: string }) => void
}

/** Counters and gauges of the policy in force and the candidate. Labels are outcomes, refusal codes and hashes. */
export function createPolicyMetrics(
  state: () => PolicyMeasures,
  registers: Registry[],
): PolicyMetrics {
  const reloads = new Counter({
    name: 'sallyport_policy_reloads_total',
    help: 'Looks at the policy file: applied, unchanged, refused, or unrecorded, which is tried again.',
    labelNames: ['result'],
    registers,
  })
  const differences = new Counter({
    name: 'sallyport_shadow_differences_total',
    help: 'Calls on which the candidate policy would have decided otherwise: from what is in force to what it says.',
    labelNames: ['from', 'to'],
    registers,
  })
  const gauge = (name: string, help: string, value: () => number) =>
    registerGauge({ name, help, value }, registers)
  const info = (name: string, help: string, hash: () => string | undefined) =>
    new Gauge({
      name,
      help,
      labelNames: ['policy_hash'],
      registers,
      collect() {
        this.reset()
        const policyHash = hash()
        if (policyHash !== undefined) this.set({ policy_hash: policyHash }, 1)
      },
    })
  info('sallyport_policy_in_force_info', 'The policy in force.', () => state().hash)
  gauge(
    'sallyport_policy_in_force_since_seconds',
    'When the policy in force took effect in this process, in Unix time.',
    () => state().since / 1000,
  )
  gauge('sallyport_policy_file_in_force', '0 when the policy file is not what is in force.', () =>
    state().isFileInForce ? 1 : 0,
  )
  info(
    'sallyport_shadow_policy_info',
    'The candidate policy that is asked beside the one in force; absent while none is.',
    () => state().candidate?.hash,
  )
  return {
    reload: (result) => reloads.inc({ result }),
    difference: ({ from, to }) => differences.inc({ from, to }),
  }
}
