/**
 * What a caller presented in `authorization`. It is taken out of the metadata on arrival, lives as
 * long as the call is being identified and read, and is never forwarded, logged or recorded.
 */
export type Credential =
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'malformed'; readonly detail: string }
