import { builtInRoles, resolveRoles, type Roles } from '../core/role.ts'
import { namespaceVerbs, clusterVerbs } from '../core/verb.ts'
import { didYouMean } from './did-you-mean.ts'
import type { PolicyFile } from './policy-shape.ts'
import type { Report } from './report.ts'

/** Checks custom roles, and resolves all that the policy may name. */
export function checkRoles({ roles: entries }: PolicyFile, report: Report): Roles {
  const custom = new Map(Object.entries(entries))
  for (const role of custom.keys()) {
    if (builtInRoles.has(role)) {
      report(
        'role-shadows',
        ['roles', role],
        'is the name of a built-in role; choose another',
        'key',
      )
    }
  }
  const { roles, problems } = resolveRoles(custom)
  for (const { role, part, name, kind } of problems) {
    const path = ['roles', role, part]
    if (kind === 'circle') report('role-circular', path, `leads back to ${role}; take it out`)
    else report('role-unknown', path, `is neither a role nor a verb; ${partHint(name, roles)}`)
  }
  return roles
}

/** The role that was probably meant, or all that there are. */
export function roleHint(typed: string, roles: Roles): string {
  const known = [...roles.keys()]
  return didYouMean(typed, known) || `known roles: ${known.join(', ')}`
}

function partHint(typed: string, roles: Roles): string {
  return didYouMean(typed, [...namespaceVerbs, ...clusterVerbs]) || roleHint(typed, roles)
}
