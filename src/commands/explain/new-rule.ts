import type { Need } from '../../core/call.ts'
import type { Claims, Identity } from '../../core/identity.ts'
import type { Change } from './change.ts'
import { flow, grantLine } from './grant-line.ts'

/** A rule for an identity that no rule is about: the narrowest that would grant the call. */
export function newRule(identity: Identity, needs: readonly Need[]): Change {
  const { claims } = identity
  const match = testedClaims(claims).flatMap((claim) => {
    const value = claims.get(claim)
    return value === undefined ? [] : [`      ${claim}: ${flow(value)}`]
  })
  const grants = new Set(needs.map((need) => `      ${grantLine(need)}`))
  const write = [
    '  - name: NAME',
    `    issuer: ${identity.issuer}`,
    '    match:',
    ...match,
    '    grants:',
    ...grants,
  ].join('\n')
  const section = { machine: 'machines', person: 'people', agent: 'agents' }[identity.kind]
  const open =
    claims.get('ref_protected') === 'true'
      ? ''
      : ' (its ref is not protected, so whoever can push to it could do this)'
  const message = `no rule is about this caller; if it may do this${open}, add one under ${section}:`
  return { side: 'policy', message, place: undefined, write }
}

/** What a careful rule for a job tests. That a ref or an environment is not protected is nothing to insist on. */
function testedClaims(claims: Claims): readonly string[] {
  return [
    'project_id',
    'project_path',
    'ref_type',
    'ref',
    ...(claims.get('ref_protected') === 'true' ? ['ref_protected'] : []),
    ...(claims.get('environment_protected') === 'true'
      ? ['environment', 'environment_protected']
      : []),
  ]
}
