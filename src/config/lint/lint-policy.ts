import type { PolicyFile } from '../policy-shape.ts'
import { sections } from '../policy-shape.ts'
import type { Report } from '../report.ts'
import { lintGrants } from './lint-grants.ts'
import { lintMatch } from './lint-match.ts'
import { lintOverlaps } from './lint-overlaps.ts'
import { lintReach } from './lint-reach.ts'
import { lintRoles } from './lint-roles.ts'
import type { PlacedDenial, PlacedRule } from './placed.ts'

/** Warns of what loads and is likely not meant, in rules and denials that have no error. */
export function lintPolicy(
  parts: {
    readonly content: PolicyFile
    readonly rules: readonly PlacedRule[]
    readonly denials: readonly PlacedDenial[]
  },
  report: Report,
): void {
  const { content, rules, denials } = parts
  if (sections.every(([section]) => content[section].length === 0)) {
    report('rules-none', [], 'grants nothing to anybody, so every call is refused; add rules')
  }
  lintRoles(content, report)
  for (const placed of rules) {
    lintMatch(placed, report)
    lintGrants(placed, report)
    lintReach(placed, report)
  }
  lintOverlaps(rules, denials, report)
}
