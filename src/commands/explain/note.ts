/** Something that is easily overlooked and that bears on the outcome. */
export interface Note {
  /** Stable, for tools; `docs/explain.md` has them all. */
  readonly code: string
  readonly message: string
}
