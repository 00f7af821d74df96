import { pinnedValues } from '../../core/claim-test.ts'
import { claimsNamedIn, type GrantTerms } from '../../core/grant.ts'
import type { GuardName } from '../../core/guard.ts'
import { writingVerbs } from '../../temporal/writing-verbs.ts'
import type { Report } from '../report.ts'
import { isProtected } from './lint-match.ts'
import { howWide, isTemporalRole } from './lint-roles.ts'
import type { PlacedRule } from './placed.ts'

type Path = readonly PropertyKey[]

/** What it means to turn a guard off, for the warning that says so. */
const withoutGuard: Readonly<Record<GuardName, string>> = {
  fork_pipelines: "lets merge request pipelines of forks in, which run a stranger's code",
  agents: 'lets AI agents in, and no claim says which human started one',
  policy_jobs: 'lets jobs in that a security policy injected, with a script from elsewhere',
  other_tokens: 'lets tokens in that no CI job holds, such as those of a login',
}

/** Warns of grants that are wider than they look, and of guards that are turned off. */
export function lintGrants(placed: PlacedRule, report: Report): void {
  const { rule, path, allow } = placed
  for (const [at, guard] of allow.entries()) {
    // A rule for agents lets agents in, whether or not it says so.
    if (guard === 'agents' && rule.kind === 'agent') continue
    const message = `${withoutGuard[guard]}; take it out, unless you mean exactly that`
    report('guard-allowed', [...path, 'allow', at], message)
  }
  for (const [at, terms] of rule.grants.entries()) {
    const here = [...path, 'grants', at]
    if (isTemporalRole(terms.role)) report('role-wide', [...here, 'role'], howWide(terms.role))
    lintAgent(placed, terms, here, report)
    lintWorker(terms, here, report)
    lintCluster(terms, here, report)
    lintNamespace(placed, terms, here, report)
  }
}

function lintAgent({ rule }: PlacedRule, terms: GrantTerms, path: Path, report: Report): void {
  if (rule.kind !== 'agent') return
  const verbs = [...terms.verbs].filter((verb) => writingVerbs.has(verb))
  if (verbs.length === 0) return
  const why = `lets an AI agent ${verbs.slice(0, 4).join(', ')}, with nobody to ask`
  report('agent-writes', [...path, 'role'], `${why}; grant viewer, or narrow it to what it must do`)
}

/** Not of roles with every verb: who takes those means every queue too. */
function lintWorker(terms: GrantTerms, path: Path, report: Report): void {
  if (!terms.verbs.has('work') || terms.verbs.has('batch')) return
  if (terms.narrowing.has('task_queues')) return
  const why = 'takes the tasks of every queue in the namespace, with all their input'
  report('worker-any-queue', [...path, 'role'], `${why}; add task_queues`)
}

function lintCluster(terms: GrantTerms, path: Path, report: Report): void {
  if (!terms.verbs.has('cluster')) return
  const why = 'manages remote clusters and Nexus endpoints, which concern every namespace'
  report('cluster-admin', [...path, 'role'], `${why}; write viewer, unless that is its task`)
}

/** Ids and paths are given to a job; other claims follow from what its author writes or pushes. */
const givenClaim = /_(id|path)$/

function lintNamespace({ rule }: PlacedRule, terms: GrantTerms, path: Path, report: Report): void {
  if (!('namespace' in terms.over) || rule.kind !== 'machine' || isProtected(rule.match)) return
  for (const claim of claimsNamedIn(terms.over.namespace)) {
    const values = pinnedValues(rule.match.get(claim)) ?? []
    if (givenClaim.test(claim) || values.length < 2) continue
    const why = `lets whoever writes the pipeline choose {${claim}} among ${values.join(', ')}`
    const fix = 'add ref_protected: true or environment_protected: true, or write it out'
    report('namespace-choosable', [...path, 'namespace'], `${why}; ${fix}`)
  }
}
