import type { FastifyPluginCallback, FastifyRequest } from 'fastify'

/** Who looks at the review page. */
export interface Reviewer {
  /** As the audit entries name them: a principal, or `loopback`. */
  readonly name: string
  readonly issuer: string | undefined
  readonly via: 'loopback' | 'login'
  /** What a form must send back, so that no other site can send it; the logout's field is `form_token`. */
  readonly formToken: string
}

/** Decides who may see the review page. */
export interface ReviewAccess {
  /** Login, its callback and logout. The paths are whole, `/review/login`: to be registered without a prefix. */
  readonly routes: FastifyPluginCallback
  /**
   * The reviewer that a request comes from, or undefined where it is nobody's. Asked for every answer, and
   * again while a live view goes on, because a policy may change: with `isUse: false` then, so that a page
   * that nobody sits at does not keep a session from ending.
   */
  readonly reviewerOf: (
    request: FastifyRequest,
    asking?: { readonly isUse?: boolean },
  ) => Reviewer | undefined
  /** Whether people can log in here at all; without that, only this machine sees the page. */
  readonly hasLogin: boolean
}
