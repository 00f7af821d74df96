import type { AccessRow } from './rows.ts'

/** Where a grant is, in words. */
export function whereOf({ over, namespace }: AccessRow): string {
  if (namespace !== undefined) return namespace
  return over === 'cluster' ? 'the cluster' : 'the audit review'
}

/** What a grant is limited to, a line for each field. */
export function limitsOf({ narrowing }: AccessRow): string[] {
  return Object.entries(narrowing).map(
    ([field, values]) => `${field.replaceAll('_', ' ')}: ${values.join(', ')}`,
  )
}
