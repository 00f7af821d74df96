import { stringify } from 'yaml'
import type { Need } from '../../core/call.ts'
import { rolesWith } from './fact.ts'

/** The narrowest grant that covers a need: the smallest role that has its verb, over what the call shows. */
export function grantLine({ verb, namespace, fields, unnarrowed }: Need): string {
  const [role = 'admin'] = rolesWith(verb)
  const over = namespace === '' ? { cluster: true } : { namespace }
  const limits = Object.entries(unnarrowed ? {} : fields).flatMap(([field, value]) =>
    value === '' ? [] : [[field, [value]]],
  )
  return `- ${flow({ ...over, role, ...Object.fromEntries(limits) })}`
}

/** A value as YAML on one line, quoted where it must be. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${key}: ${flow(member)}`)
    return `{ ${members.join(', ')} }`
  }
  // Within a list, so that what would end it is quoted.
  return stringify([value], { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 })
    .trim()
    .slice(1, -1)
}
