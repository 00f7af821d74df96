import type { NarrowedField } from '../core/call.ts'
import { narrowedFields, type GrantTerms } from '../core/grant.ts'
import { compilePattern, type Pattern } from '../core/pattern.ts'
import type { Policy } from '../core/policy.ts'
import { verbsOf } from '../core/role.ts'
import type { ClaimTest, Rule } from '../core/rule.ts'
import type { GrantEntry, PolicyFile, RuleEntry } from './policy-shape.ts'
import type { YamlFile } from './yaml-file.ts'

type Path = readonly PropertyKey[]

/** Compiles a policy file that has been checked: nothing here can fail. */
export function compilePolicy(yaml: YamlFile, content: PolicyFile, hash: string): Policy {
  const rules = content.machines.map((rule, index) => compileRule(yaml, rule, ['machines', index]))
  return { rules, hash }
}

function compileRule(yaml: YamlFile, entry: RuleEntry, path: Path): Rule {
  const match = Object.keys(entry.match).map((claim): [string, ClaimTest] => [
    claim,
    compileTest(yaml, entry.match[claim], [...path, 'match', claim]),
  ])
  return {
    name: entry.name,
    issuer: entry.issuer,
    kind: 'machine',
    match: new Map(match),
    allow: new Set(entry.allow),
    grants: entry.grants.map((grant) => compileGrant(entry.name, grant)),
  }
}

function compileTest(
  yaml: YamlFile,
  entry: RuleEntry['match'][string] | undefined,
  path: Path,
): ClaimTest {
  if (typeof entry !== 'object') return { operator: 'exact', value: claimText(yaml, entry, path) }
  const values = entry.any_of.map((value, index) =>
    claimText(yaml, value, [...path, 'any_of', index]),
  )
  return { operator: 'any_of', values: new Set(values) }
}

/** Claims are strings. A number means what was written, so an unquoted id keeps its digits. */
export function claimText(yaml: YamlFile, value: unknown, path: Path): string {
  return (typeof value === 'number' && yaml.sourceAt(path)) || String(value)
}

function compileGrant(rule: string, entry: GrantEntry): GrantTerms {
  const narrowing = narrowedFields.flatMap((field): [NarrowedField, Pattern[]][] => {
    const texts = entry[field]
    return texts === undefined ? [] : [[field, texts.map(compilePattern)]]
  })
  return {
    rule,
    role: entry.role,
    over: entry.namespace === undefined ? { cluster: true } : { namespace: entry.namespace },
    verbs: verbsOf(entry.role, entry.namespace === undefined ? 'cluster' : 'namespace'),
    narrowing: new Map(narrowing),
  }
}
