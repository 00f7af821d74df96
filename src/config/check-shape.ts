import { z } from 'zod'
import { didYouMean } from './did-you-mean.ts'
import type { Problem } from './problem.ts'
import type { YamlFile } from './yaml-file.ts'

type Issue = z.core.$ZodIssue

/** Checks a parsed file against a shape. All problems come at once, each with its place. */
export function checkShape<T>(
  yaml: YamlFile,
  shape: z.ZodType<T>,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: Problem[] } {
  let content: unknown
  try {
    content = yaml.document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    const message = `has aliases that cannot be resolved (${(error as Error).message}); write out what they stand for`
    return {
      ok: false,
      problems: [{ code: 'yaml-alias', severity: 'error', file: yaml.file, path: '', message }],
    }
  }
  const result = shape.safeParse(content)
  if (result.success) return { ok: true, value: result.data }
  const problems = result.error.issues.flatMap((issue) => problemsOf(yaml, shape, issue))
  return { ok: false, problems }
}

function problemsOf(yaml: YamlFile, shape: z.ZodType, issue: Issue): Problem[] {
  const chosen = choiceMeant(issue)
  if (chosen) return chosen.flatMap((inner) => problemsOf(yaml, shape, inner))
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(shape, issue.path)
    return issue.keys.map((key) => {
      const path = [...issue.path, key]
      // Another shape of the same value has the key: as it stands, it is one too many.
      const message = known.includes(key)
        ? 'does not go with the keys beside it; take one of them out'
        : `is not a key that is known; ${didYouMean(key, known) || `known here: ${known.join(', ')}`}`
      return {
        code: 'key-unknown',
        severity: 'error',
        file: yaml.file,
        ...yaml.atKey(path),
        path: formatPath(path),
        message,
      }
    })
  }
  const path = formatPath(issue.path)
  const place = issue.code === 'invalid_key' ? yaml.atKey(issue.path) : yaml.at(issue.path)
  const isMissing = issue.path.length > 0 && !yaml.has(issue.path)
  const code = isMissing ? 'key-missing' : 'value-invalid'
  const message = messageOf(issue, yaml)
  return [{ code, severity: 'error', file: yaml.file, ...place, path, message }]
}

/**
 * Where a value could have one of several shapes and has some keys of one, the problems of that one: they
 * say which key is wrong, and not only that none of the shapes fits. The shape with fewest problems is meant.
 */
function choiceMeant(issue: Issue): Issue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined
  const likely = issue.errors.filter((issues) =>
    issues.some(
      ({ code, path }) => code === 'unrecognized_keys' || path.length > 0 || code === 'custom',
    ),
  )
  const [meant] = likely.toSorted((a, b) => countOf(a) - countOf(b))
  return meant?.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

function countOf(issues: readonly Issue[]): number {
  return issues.reduce((count, issue) => {
    return count + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1)
  }, 0)
}

function messageOf(issue: Issue, yaml: YamlFile): string {
  const choices = choicesOf(issue).map(String)
  const isMissing = issue.path.length > 0 && !yaml.has(issue.path)
  // Where a key tells shapes apart, the words of the choice say what it can be.
  const saysChoices = issue.code === 'invalid_union' && choices.length > 0
  if (isMissing && !saysChoices) return 'is missing; it is needed'
  if (issue.code === 'invalid_type')
    return `is not ${expectations[issue.expected] ?? issue.expected}`
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => message).join('; ')
  const hint = choices.length > 1 ? didYouMean(yaml.sourceAt(issue.path) ?? '', choices) : ''
  return hint === '' ? issue.message : `${issue.message}; ${hint}`
}

function choicesOf(issue: Issue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values
  return 'options' in issue && Array.isArray(issue.options) ? issue.options : []
}

const expectations: Readonly<Record<string, string>> = {
  object: 'a mapping; write keys and values below it',
  record: 'a mapping; write keys and values below it',
  array: 'a list; write it as [a, b] or with dashes',
  string: 'text; put the value in quotes',
  number: 'a number',
  boolean: 'true or false',
}

/** The keys that the shape knows at a path, seen through lists, records, choices, defaults and options. */
function keysAt(shape: z.core.$ZodType | undefined, path: readonly PropertyKey[]): string[] {
  if (shape instanceof z.ZodDefault || shape instanceof z.ZodOptional)
    return keysAt(shape.unwrap(), path)
  if (shape instanceof z.ZodUnion) return shape.options.flatMap((option) => keysAt(option, path))
  const [step, ...below] = path
  if (step === undefined) return shape instanceof z.ZodObject ? Object.keys(shape.shape) : []
  if (shape instanceof z.ZodArray) return keysAt(shape.element, below)
  if (shape instanceof z.ZodRecord) return keysAt(shape.valueType, below)
  return shape instanceof z.ZodObject ? keysAt(shape.shape[String(step)], below) : []
}

/** `machines[0].match.ref`, as the messages write it. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`,
    )
    .join('')
}
