/** What keeps a question from being answered: options that do not fit, or files that cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
