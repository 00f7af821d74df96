/** What keeps a question about a journal from being answered, in words for whoever asked. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer'
}
