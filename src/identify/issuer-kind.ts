import type { IssuerSettings } from '../config/settings.ts'
import { gitlabGuards, isAgent, type GuardName } from '../core/guard.ts'
import type { Claims } from '../core/identity.ts'
import type { ClaimTable } from './claims/claim-table.ts'
import {
  gitlabClaims,
  gitlabGuardedClaims,
  gitlabJobClaims,
  gitlabPersonClaims,
} from './claims/gitlab.ts'
import { gitlabPersonPrincipal, gitlabPrincipal, type PrincipalParts } from './principal.ts'

/** What is particular to one kind of issuer. */
export interface IssuerKind {
  /** The only algorithms that it signs with; the token's header never chooses beyond them. */
  readonly algorithms: readonly string[]
  readonly claims: ClaimTable
  /** Claims that must not be mistyped, because leaving them out would weaken a guard. */
  readonly guardedClaims: readonly string[]
  readonly guards: (claims: Claims) => readonly GuardName[]
  readonly isAgent: (claims: Claims) => boolean
  readonly principal: (parts: PrincipalParts) => string
  /** Of tokens that people log in with. */
  readonly people: {
    readonly claims: ClaimTable
    /** Claims that no such token carries. */
    readonly foreignClaims: readonly string[]
    readonly principal: (parts: PrincipalParts) => string
  }
}

/** Every kind of issuer. A new kind is a new row and a table of its claims. */
export const issuerKinds: Readonly<Record<IssuerSettings['kind'], IssuerKind>> = {
  gitlab: {
    algorithms: ['RS256'],
    claims: gitlabClaims,
    guardedClaims: gitlabGuardedClaims,
    guards: gitlabGuards,
    isAgent,
    principal: gitlabPrincipal,
    people: {
      claims: gitlabPersonClaims,
      foreignClaims: gitlabJobClaims,
      principal: gitlabPersonPrincipal,
    },
  },
}
