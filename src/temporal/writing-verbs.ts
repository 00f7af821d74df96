import type { Verb } from '../core/verb.ts'
import { methods } from './methods.ts'

/** Verbs that change something: those of which Temporal itself does not count every method as reading. */
export const writingVerbs: ReadonlySet<Verb> = new Set(
  methods.filter(({ access }) => access !== 'read').flatMap(({ verbs }) => verbs),
)
