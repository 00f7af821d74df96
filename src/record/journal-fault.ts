/** Something in a journal that is not as it was written: what follows it can still be read. */
export class JournalFault extends Error {
  override readonly name = 'JournalFault'
  /** The number of the entry that was due. */
  readonly seq: number

  constructor(seq: number, message: string) {
    super(message)
    this.seq = seq
  }
}

/**
 * What a reader has read already is not what the journal has now, or no longer: its end was cut off, or
 * written anew. The number of the last entry read then says nothing about what comes next.
 */
export class JournalRewritten extends Error {
  override readonly name = 'JournalRewritten'
}
