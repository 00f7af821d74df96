import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'

/** A policy that was in force, by its hash, and its file where that was given. */
export interface PolicyVersion {
  readonly hash: string
  /** Its name in a bundle. */
  readonly file: string | undefined
  readonly bytes: Buffer | undefined
}

/**
 * Finds the files of policies by their SHA-256, as entries name them. Also returns the files that were in
 * force at no time, since giving those is a mistake. Throws where one cannot be read.
 */
export function matchPolicies(
  hashes: readonly string[],
  paths: readonly string[],
): { readonly policies: readonly PolicyVersion[]; readonly unused: readonly string[] } {
  const given = paths.map((path) => {
    const bytes = readFileSync(path)
    return { path, bytes, hash: `sha256:${hash('sha256', bytes)}` }
  })
  const policies = hashes.map((policyHash): PolicyVersion => {
    const bytes = given.find((each) => each.hash === policyHash)?.bytes
    return { hash: policyHash, file: bytes && policyName(policyHash), bytes }
  })
  const unused = given.filter((each) => !hashes.includes(each.hash)).map(({ path }) => path)
  return { policies, unused }
}

/** What the file of a policy is called in a bundle. */
export function policyName(policyHash: string): string {
  return `policies/${policyHash.replace(/^sha256:/, '')}.yaml`
}
