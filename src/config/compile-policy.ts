import { parse, Range, satisfies } from 'semver'
import type { NarrowedField } from '../core/call.ts'
import type { ClaimTest } from '../core/claim-test.ts'
import { compileGlob } from '../core/glob.ts'
import { narrowedFields, type GrantTerms, type Over } from '../core/grant.ts'
import type { IdentityKind } from '../core/identity.ts'
import { compilePattern, type Pattern } from '../core/pattern.ts'
import { createPolicy, type Policy } from '../core/policy.ts'
import { resolveRoles, verbsIn, type Roles } from '../core/role.ts'
import type { Denial, Match, Rule } from '../core/rule.ts'
import {
  sections,
  type GrantEntry,
  type MatchEntry,
  type PolicyFile,
  type RuleEntry,
} from './policy-shape.ts'
import type { YamlFile } from './yaml-file.ts'

type Path = readonly PropertyKey[]

/** Compiles a policy file that has been checked: nothing here can fail. */
export function compilePolicy(yaml: YamlFile, content: PolicyFile, hash: string): Policy {
  const { roles } = resolveRoles(new Map(Object.entries(content.roles)))
  const rules = sections.flatMap(([section, kind]) =>
    content[section].map((entry, index) =>
      compileRule(yaml, { entry, kind, roles, path: [section, index] }),
    ),
  )
  const denials = content.denials.map((entry, index) =>
    compileDenial(yaml, entry, ['denials', index]),
  )
  return createPolicy({ rules, denials, hash })
}

/** Compiles one denial, which stands at this path. */
export function compileDenial(
  yaml: YamlFile,
  { name, issuer, match }: PolicyFile['denials'][number],
  path: Path,
): Denial {
  return { name, issuer, match: compileMatch(yaml, match, [...path, 'match']) }
}

interface RuleParts {
  readonly entry: RuleEntry
  readonly kind: IdentityKind
  readonly roles: Roles
  readonly path: Path
}

/** Compiles one rule. */
export function compileRule(yaml: YamlFile, { entry, kind, roles, path }: RuleParts): Rule {
  return {
    name: entry.name,
    issuer: entry.issuer,
    kind,
    match: compileMatch(yaml, entry.match, [...path, 'match']),
    // A rule for agents would otherwise match nobody: the guard trips on each of them.
    allow: new Set(kind === 'agent' ? ['agents', ...entry.allow] : entry.allow),
    grants: entry.grants.map((grant) => compileGrant(entry.name, grant, roles)),
  }
}

function compileMatch(yaml: YamlFile, match: MatchEntry, path: Path): Match {
  return new Map(
    Object.entries(match).map(([claim, entry]) => [
      claim,
      compileTest(yaml, entry, [...path, claim]),
    ]),
  )
}

function compileTest(yaml: YamlFile, entry: MatchEntry[string], path: Path): ClaimTest {
  if (typeof entry !== 'object') return { operator: 'exact', value: claimText(yaml, entry, path) }
  const texts = (operator: 'any_of' | 'none_of', values: readonly unknown[]) =>
    new Set(values.map((value, at) => claimText(yaml, value, [...path, operator, at])))
  const { any_of, none_of, present, under, glob, semver } = entry
  const tests: ClaimTest[] = []
  if (any_of) tests.push({ operator: 'any_of', values: texts('any_of', any_of) })
  if (none_of) tests.push({ operator: 'none_of', values: texts('none_of', none_of) })
  if (present !== undefined) tests.push({ operator: 'present', present })
  if (under !== undefined) tests.push({ operator: 'under', path: under.replace(/\/+$/, '') })
  if (glob !== undefined) {
    tests.push({ operator: 'glob', text: glob, matches: compileGlob(glob) })
  }
  if (semver !== undefined) {
    tests.push({ operator: 'semver', text: semver, matches: compileRange(semver) })
  }
  const [only] = tests
  return tests.length === 1 && only ? only : { operator: 'all_of', tests }
}

/** Versions as tags write them: a leading v is left aside. Pre-releases count only where the range names one. */
function compileRange(text: string): (value: string) => boolean {
  const range = new Range(text)
  return (value) => {
    // The parser also takes v1, =v1 and the like with spaces around, which no tag for a release has.
    const version = /^v?[0-9]\S*$/.test(value) ? parse(value) : null
    return version !== null && satisfies(version, range)
  }
}

/** Claims are strings. A number means what was written, so an unquoted id keeps its digits. */
export function claimText(yaml: YamlFile, value: unknown, path: Path): string {
  return (typeof value === 'number' && yaml.sourceAt(path)) || String(value)
}

function compileGrant(rule: string, entry: GrantEntry, roles: Roles): GrantTerms {
  const narrowing = narrowedFields.flatMap((field): [NarrowedField, Pattern[]][] => {
    const texts = entry[field]
    return texts === undefined ? [] : [[field, texts.map(compilePattern)]]
  })
  const verbs = roles.get(entry.role ?? '') ?? new Set()
  const over = overOf(entry)
  return {
    rule,
    role: entry.role ?? 'review',
    over,
    verbs:
      'audit' in over ? new Set() : verbsIn('cluster' in over ? 'cluster' : 'namespace', verbs),
    narrowing: new Map(narrowing),
  }
}

function overOf({ namespace, audit }: GrantEntry): Over {
  if (namespace !== undefined) return { namespace }
  return audit === undefined ? { cluster: true } : { audit }
}
