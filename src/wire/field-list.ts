/** Names and values in turn: the fields of a message, or of its trailers. */
export interface FieldList extends ReadonlyArray<string> {
  /**
   * Names whose values came as literals that are never indexed. Whoever passes them on keeps that, so
   * that no table holds the value and its length tells nothing: RFC 7541, sections 6.2.3 and 7.1.3.
   */
  readonly neverIndexed?: ReadonlySet<string>
}

/** A field by itself, and whether no table may hold it. */
export type Field = readonly [name: string, value: string, isNeverIndexed?: true]

type GrowingList = string[] & { neverIndexed?: Set<string> }

/** The field whose name stands at a place of a list. */
export function fieldAt(list: FieldList, at: number): Field {
  const name = list[at] as string
  const value = list[at + 1] as string
  return list.neverIndexed?.has(name) === true ? [name, value, true] : [name, value]
}

/** Adds a field at the end of a list. */
export function addField(list: string[], [name, value, isNeverIndexed]: Field): void {
  list.push(name, value)
  if (isNeverIndexed) markNeverIndexed(list, name)
}

/** Says of the fields of a name that no table may hold them. */
export function markNeverIndexed(list: string[], name: string): void {
  const growing: GrowingList = list
  growing.neverIndexed ??= new Set()
  growing.neverIndexed.add(name)
}

/** A list of the same fields, to which others can be added. */
export function copyOf(list: FieldList): string[] {
  const copy: GrowingList = [...list]
  if (list.neverIndexed !== undefined) copy.neverIndexed = new Set(list.neverIndexed)
  return copy
}
