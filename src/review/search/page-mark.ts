/** Where a page of calls ended: its last call, and the group of states that it was in. */
export interface PageMark {
  readonly group: number
  readonly time: number
  readonly seq: number
}

const shape = /^([01])\.(-?[0-9]{1,16})\.([0-9]{1,16})$/

/** The mark as an address has it. */
export function pageMarkText({ group, time, seq }: PageMark): string {
  return `${group}.${time}.${seq}`
}

/**
 * Reads a mark.
 *
 * @throws RangeError where it is none: marks come from addresses, which anybody can write.
 */
export function parsePageMark(text: string): PageMark {
  const [, group, time, seq] = shape.exec(text) ?? []
  if (seq === undefined) {
    throw new RangeError('the page mark is none that a search has given; search again')
  }
  return { group: Number(group), time: Number(time), seq: Number(seq) }
}
