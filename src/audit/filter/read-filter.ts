import { didYouMean } from '../../config/did-you-mean.ts'
import { entryKinds } from '../../config/entry-values.ts'
import { compilePattern } from '../../core/pattern.ts'
import { refusals } from '../../core/refusal.ts'
import { methods } from '../../temporal/methods.ts'
import type { FieldTest, Filter } from './filter.ts'
import { readMoment } from './time-option.ts'

const several = { type: 'string', multiple: true } as const
const single = { type: 'string' } as const

/** Options of the commands that filter entries, as `parseArgs` takes them. An option that is repeated takes either. */
export const filterOptions = {
  since: single,
  until: single,
  kind: several,
  outcome: several,
  refused: { type: 'boolean' },
  code: several,
  decision: several,
  job: several,
  project: several,
  user: several,
  namespace: several,
  'workflow-id': several,
  'workflow-type': several,
  method: several,
  rule: several,
} as const

/** What `parseArgs` makes of {@link filterOptions}. */
export type FilterValues = {
  readonly [Name in keyof typeof filterOptions]?:
    | ((typeof filterOptions)[Name] extends { readonly multiple: true }
        ? readonly string[]
        : (typeof filterOptions)[Name]['type'] extends 'boolean'
          ? boolean
          : string)
    | undefined
}

type TextOption = 'kind' | 'outcome' | 'code' | 'decision' | CallOption
type CallOption = keyof typeof callFields

/** The fields that each option looks at: first those that entries say themselves, then facts of calls. */
const ownFields = {
  kind: ['kind'],
  outcome: ['outcome'],
  code: ['code'],
  decision: ['decision_id'],
} as const

const callFields = {
  job: ['job_id'],
  project: ['project_path', 'project_id'],
  user: ['user_login', 'user_id', 'reviewer'],
  namespace: ['namespace'],
  'workflow-id': ['workflow_id'],
  'workflow-type': ['workflow_type'],
  method: ['method', 'methods'],
  rule: ['rule'],
} as const

/** Options whose values are from closed lists. */
const known: Partial<Readonly<Record<TextOption, readonly string[]>>> = {
  kind: entryKinds,
  outcome: ['allowed', 'refused', 'completed', 'failed', 'cancelled', 'unknown'],
  code: Object.keys(refusals),
  method: methods.map(({ name }) => name),
}

/** A filter, or what is wrong with the options and what to write instead. */
type ReadFilter =
  | { readonly ok: true; readonly filter: Filter }
  | { readonly ok: false; readonly problem: string }

/** Reads the options of a filter. `now` is what lengths of time count back from. */
export function readFilter(values: FilterValues, now: number): ReadFilter {
  const problem = [...textProblems(values), ...timeProblems(values, now)][0]
  if (problem !== undefined) return { ok: false, problem }
  const from = momentOf(values.since, now) ?? -Infinity
  const to = momentOf(values.until, now) ?? Infinity
  if (from >= to) {
    return { ok: false, problem: '--since is not before --until; swap them, or leave one out' }
  }
  const outcome = [...(values.outcome ?? []), ...(values.refused ? ['refused'] : [])]
  const given = { ...values, outcome: outcome.length > 0 ? outcome : undefined }
  const filter: Filter = {
    from,
    to,
    own: testsOf(given, ownFields),
    call: testsOf(given, callFields),
    hidden: new Set(),
  }
  return { ok: true, filter }
}

function momentOf(text: string | undefined, now: number): number | undefined {
  return text === undefined ? undefined : readMoment(text, now)
}

function testsOf(
  values: FilterValues,
  fields: Partial<Readonly<Record<TextOption, readonly string[]>>>,
): readonly FieldTest[] {
  return Object.entries(fields).flatMap(([name, looked]) => {
    const texts = values[name as TextOption]
    return texts ? [{ fields: looked, patterns: texts.map(compilePattern) }] : []
  })
}

function textProblems(values: FilterValues): readonly string[] {
  return Object.keys({ ...ownFields, ...callFields }).flatMap((name) =>
    (values[name as TextOption] ?? []).flatMap((text) => problemWith(name as TextOption, text)),
  )
}

function problemWith(name: TextOption, text: string): readonly string[] {
  if (text === '') return [`--${name} is empty; write a value, or leave it out`]
  const list = known[name]
  if (list === undefined || list.includes(text) || text.includes('*')) return []
  const hint = didYouMean(text, list)
  // Two lists are short enough to be told in full.
  const all = list.length < 20 ? `write one of ${list.join(', ')}` : 'write it as entries have it'
  return [`--${name} ${text} is none that is known; ${hint || all}`]
}

function timeProblems({ since, until }: FilterValues, now: number): readonly string[] {
  return Object.entries({ since, until }).flatMap(([name, text]) => {
    if (text === undefined || readMoment(text, now) !== undefined) return []
    const how = 'write a length of time such as 2h, a date, or a time with its zone'
    return [`--${name} ${text} is no time; ${how}: 2026-11-23T09:00:00Z`]
  })
}
