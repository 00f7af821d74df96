/** Why the other side has not taken a batch, where more is known than an error's message says. */
export class DeliveryFailure extends Error {
  override readonly name = 'DeliveryFailure'
  /** How long the other side asks to be left alone. */
  readonly retryAfterMs: number | undefined
  /** Whether the other side refuses what it is sent, so that trying again is unlikely to help. */
  readonly isRefusal: boolean

  constructor(
    message: string,
    about: { readonly retryAfterMs?: number | undefined; readonly isRefusal?: boolean } = {},
  ) {
    super(message)
    this.retryAfterMs = about.retryAfterMs
    this.isRefusal = about.isRefusal ?? false
  }
}
