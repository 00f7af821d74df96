/** Something that the demo needs and cannot get. The message says what to do about it. */
export class SetupFailure extends Error {
  override readonly name = 'SetupFailure'
}
