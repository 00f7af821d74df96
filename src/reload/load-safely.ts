import type { LoadedPolicy, LoadPolicy } from './loaded-policy.ts'

/** Loads a policy, and takes a bug in what loads it for a fault of the file: it must not end the service. */
export async function loadSafely(load: LoadPolicy): Promise<LoadedPolicy> {
  try {
    return await load()
  } catch (error) {
    const message = `the policy could not be looked at: ${String(error)}`
    return { ok: false, hash: undefined, faults: [{ code: 'unexpected', message }] }
  }
}
