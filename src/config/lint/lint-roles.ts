import { sections, type PolicyFile } from '../policy-shape.ts'
import type { Report } from '../report.ts'

/** Warns of custom roles that nothing uses, and of those that take in a role of Temporal's own. */
export function lintRoles(content: PolicyFile, report: Report): void {
  const rules = sections.flatMap(([section]) => content[section])
  const used = new Set([
    ...rules.flatMap(({ grants }) => grants.map(({ role }) => role)),
    ...Object.values(content.roles).flat(),
  ])
  for (const [role, parts] of Object.entries(content.roles)) {
    if (!used.has(role)) {
      report('role-unused', ['roles', role], 'is granted nowhere; take it out, or grant it', 'key')
    }
    for (const [at, part] of parts.entries()) {
      if (isTemporalRole(part)) report('role-wide', ['roles', role, at], howWide(part))
    }
  }
}

/** Whether a role is one of the three that Temporal's own authorization knows. */
export function isTemporalRole(role: string): boolean {
  return role.startsWith('temporal:')
}

/** What one of Temporal's roles takes in, for a warning. */
export function howWide(role: string): string {
  const width =
    role === 'temporal:read'
      ? 'queries any workflow, besides reading'
      : 'takes in batches, deletions and the work of every queue'
  return `is as wide as Temporal's own role: it ${width}; name a role for what the job does`
}
