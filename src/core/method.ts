import type { Verb } from './verb.ts'

/** One RPC of Temporal's public API, and what it takes to be allowed to call it. */
export interface Method {
  readonly service: 'WorkflowService' | 'OperatorService'
  readonly name: string
  /** The canonical gRPC path; what goes upstream is always this one, never what the caller sent. */
  readonly path: string
  /** Whether the method acts in one namespace or on the whole cluster. */
  readonly scope: 'namespace' | 'cluster'
  /** Temporal's own access level of the method. */
  readonly access: 'read' | 'write' | 'admin'
  /** Whether the server may hold the call open, waiting for something to happen. */
  readonly polling: 'none' | 'capable' | 'always'
  readonly verbs: readonly Verb[]
}
