import type { FastifyPluginCallback, FastifyRequest } from 'fastify'

/** Who looks at the review page. */
export interface Reviewer {
  /** As the audit entries name them: a principal, or `loopback`. */
  readonly name: string
  readonly issuer: string | undefined
  readonly via: 'loopback' | 'login'
  /** What a form must send back, so that no other site can send it. */
  readonly formToken: string
}

/** Decides who may see the review page. */
export interface ReviewAccess {
  /** Login, its callback and logout, below `/review`. */
  readonly routes: FastifyPluginCallback
  /** The reviewer that a request comes from, or undefined where it is nobody's. */
  readonly reviewerOf: (request: FastifyRequest) => Reviewer | undefined
  /** Whether people can log in here at all; without that, only this machine sees the page. */
  readonly hasLogin: boolean
}
