import { checkShape } from './check-shape.ts'
import { policyShape, sections } from './policy-shape.ts'
import type { IssuerSettings } from './settings.ts'
import { parseYaml } from './yaml-file.ts'

/**
 * The issuers that the rules of a policy file name, for use where there is no service file: of GitLab's
 * kind, and shared with nobody. None where the file cannot be read as a policy, which loading it says.
 */
export function issuersNamedIn(text: string): readonly IssuerSettings[] {
  const { yaml, problems } = parseYaml('', text)
  const shaped = problems.length === 0 ? checkShape(yaml, policyShape) : undefined
  if (!shaped?.ok) return []
  const { value } = shaped
  const names = sections.flatMap(([section]) => value[section].map(({ issuer }) => issuer))
  return [...new Set(names)].map(assumedIssuer)
}

function assumedIssuer(name: string): IssuerSettings {
  return {
    name,
    kind: 'gitlab',
    url: 'https://gitlab.com',
    audience: '',
    maxAgeMs: Number.MAX_SAFE_INTEGER,
    jwksUri: undefined,
    jwksFile: undefined,
    caFile: undefined,
    shared: false,
    staleKeysMaxMs: 0,
  }
}
